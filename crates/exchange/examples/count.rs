//! Reads the files named and says how many events they hold and how long it took: `cargo run --release --example count -- FILE…`.

use std::path::Path;
use std::time::Instant;

use engine::log::{EventRef, Pushed};
use exchange::{Input, Options, read, read_log};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let inputs: Vec<Input> =
        arguments.iter().map(|argument| Input::from_argument(Path::new(argument))).collect();
    let start = Instant::now();
    let mut attrs = 0;
    let mut sink = |event: &EventRef<'_>| {
        attrs += event.attrs.len();
        Ok(Pushed::Added)
    };
    match read(&inputs, Options::default(), &mut sink) {
        Ok(summary) => println!("{summary:?}, {attrs} attributes, in {:?}", start.elapsed()),
        Err(error) => println!("{error}"),
    }
    let start = Instant::now();
    match read_log(&inputs, Options::default()) {
        Ok((log, _)) => println!("a log of {} events in {:?}", log.len(), start.elapsed()),
        Err(error) => println!("{error}"),
    }
}
