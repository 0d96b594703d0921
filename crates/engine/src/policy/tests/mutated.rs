use super::*;

/// Numbers that look random and are the same on every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }
}

#[test]
fn any_text_is_read_or_refused() {
    const PIECES: [&str; 22] = [
        "\"",
        "'",
        "\"\"\"",
        "'''",
        "#",
        "\n",
        "\r\n",
        "[",
        "]",
        "{",
        "}",
        ",",
        "=",
        ".",
        "\\",
        "é",
        "…",
        "\u{feff}",
        "\u{0}",
        "# c\n",
        "[[test]]\n",
        "1979-05-27T07:32:00",
    ];
    let mut numbers = Numbers(7);
    for _ in 0..1500 {
        let mut text: Vec<char> = super::excerpt::EXCERPT.chars().collect();
        for _ in 0..=numbers.below(3) {
            let from = numbers.below(text.len());
            let to = (from + numbers.below(12)).min(text.len());
            text.splice(from..to, PIECES[numbers.below(PIECES.len())].chars());
        }
        let text: String = text.into_iter().collect();
        if let Err(problems) = read(vec![file("p.toml", &text)]) {
            assert!(!problems.problems.is_empty() && !problems.to_string().is_empty(), "{text}");
        }
        match fmt(&text) {
            Ok(once) => assert_eq!(fmt(&once).as_ref(), Ok(&once), "{text}"),
            Err(problem) => assert!(!problem.message.contains("cannot be laid out"), "{text}"),
        }
    }
}
