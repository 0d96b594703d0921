//! Says that migrations, which are built in, are read anew when one is added.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
