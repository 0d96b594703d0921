//! Ids of duties and of what is derived.

use sha2::{Digest, Sha256};

/// The first 128 bits, in hex, of SHA-256 over the strings, each as its length in 8 bytes big-endian and then its bytes.
pub fn hash(strings: &[&str]) -> String {
    let mut sha = Sha256::new();
    for string in strings {
        sha.update((string.len() as u64).to_be_bytes());
        sha.update(string.as_bytes());
    }
    sha.finalize()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_ids_in_docs_formats() {
    assert_eq!(hash(&["return-home-interview", "child", "c1", "e1", ""]), "f6db15bfacb694ba7d3166ccc8f521ae");
    assert_eq!(hash(&["frequent-missing", "child", "c1", "e3"]), "5692e31ff362fdc4c2ff22a4880adbe8");
}
