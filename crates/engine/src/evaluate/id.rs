//! Ids of duties and derived events (`docs/formats.md`, "Ids").

use sha2::{Digest, Sha256};

/// The first 128 bits of SHA-256 over texts, each behind its UTF-8 length in 8 bytes, big-endian.
pub(crate) fn hash(texts: &[&str]) -> [u8; 16] {
    let mut hasher = Sha256::new();
    for text in texts {
        hasher.update((text.len() as u64).to_be_bytes());
        hasher.update(text.as_bytes());
    }
    let digest = hasher.finalize();
    std::array::from_fn(|place| digest[place])
}

/// As 32 hexadecimal digits.
pub(crate) fn hex(id: &[u8; 16]) -> String {
    let digits = id.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ids_in_docs_formats() {
        let duty = hash(&["return-home-interview", "child", "c1", "e1", ""]);
        assert_eq!(hex(&duty), "f6db15bfacb694ba7d3166ccc8f521ae");
        let signal = hash(&["frequent-missing", "child", "c1", "e3"]);
        assert_eq!(hex(&signal), "5692e31ff362fdc4c2ff22a4880adbe8");
    }
}
