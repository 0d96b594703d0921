//! Charts, as the places of lines and areas in a drawing. Each stands beside a table of the same figures.

use serde::Serialize;

const WIDTH: u64 = 720;
const HEIGHT: u64 = 220;
/// What is left free for the figures of the axes.
const LEFT: u64 = 50;
const BELOW: u64 = 30;
const ABOVE: u64 = 10;

/// Columns beside one another, each of parts that stand on one another.
#[derive(Debug, Serialize)]
pub(crate) struct Columns {
    width: u64,
    height: u64,
    /// Where the columns stand.
    ground: u64,
    left: u64,
    columns: Vec<Column>,
    /// The figure at the top of the axis.
    most: u64,
    top: u64,
}

#[derive(Debug, Serialize)]
struct Column {
    name: String,
    middle: u64,
    parts: Vec<Area>,
}

#[derive(Debug, Serialize)]
struct Area {
    /// Which of the parts it is, from 0.
    part: usize,
    x: u64,
    y: u64,
    width: u64,
    height: u64,
}

impl Columns {
    /// Of named columns, each with the count of each of its parts.
    pub(crate) fn of(names: Vec<String>, counts: &[Vec<u64>]) -> Self {
        let most = counts.iter().map(|parts| parts.iter().sum()).max().unwrap_or(0).max(1);
        let ground = HEIGHT - BELOW;
        let room = (WIDTH - LEFT) / (names.len().max(1) as u64);
        let scale = |count: u64| count * (ground - ABOVE) / most;
        let column = |(place, (name, parts)): (usize, (String, &Vec<u64>))| {
            let x = LEFT + room * place as u64 + room / 8;
            let (mut below, mut areas) = (0, Vec::new());
            for (part, &count) in parts.iter().enumerate().filter(|(_, count)| **count > 0) {
                let (from, to) = (scale(below), scale(below + count));
                below += count;
                let height = (to - from).max(1);
                areas.push(Area {
                    part,
                    x,
                    y: ground.saturating_sub(from + height),
                    width: room * 3 / 4,
                    height,
                });
            }
            Column { name, middle: x + room * 3 / 8, parts: areas }
        };
        let columns = names.into_iter().zip(counts).enumerate().map(column).collect();
        Self { width: WIDTH, height: HEIGHT, ground, left: LEFT, columns, most, top: ABOVE }
    }
}

/// Lines of figures that stay as they are until the next is known.
#[derive(Debug, Serialize)]
pub(crate) struct Steps {
    width: u64,
    height: u64,
    ground: u64,
    left: u64,
    /// Each as the path of a drawing.
    lines: Vec<String>,
    most: u64,
    top: u64,
    from: String,
    to: String,
}

impl Steps {
    /// Of lines, each with its figures and when each was known, in order; and how the first and the last moment are called.
    pub(crate) fn of(lines: &[Vec<(i64, u64)>], from: String, to: String) -> Self {
        let all = || lines.iter().flatten();
        let first = all().map(|(at, _)| *at).min().unwrap_or(0);
        let span = (all().map(|(at, _)| *at).max().unwrap_or(0) - first).max(1);
        let most = all().map(|(_, figure)| *figure).max().unwrap_or(0).max(1);
        let ground = HEIGHT - BELOW;
        let x = |at: i64| LEFT as i64 + (at - first) * ((WIDTH - LEFT) as i64 - 10) / span;
        let y = |figure: u64| ground - figure * (ground - ABOVE) / most;
        let path = |points: &Vec<(i64, u64)>| {
            let mut path = String::new();
            for (place, (at, figure)) in points.iter().enumerate() {
                path += &match place {
                    0 => format!("M{} {}", x(*at), y(*figure)),
                    _ => format!("H{}V{}", x(*at), y(*figure)),
                };
            }
            if path.is_empty() { path } else { path + &format!("H{WIDTH}") }
        };
        let lines = lines.iter().map(path).collect();
        Self { width: WIDTH, height: HEIGHT, ground, left: LEFT, lines, most, top: ABOVE, from, to }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_column_stand_on_one_another_and_the_highest_fills_the_drawing() {
        let chart = Columns::of(vec!["a".into(), "b".into()], &[vec![1, 0, 3], vec![0, 2, 0]]);
        let [low, high] = &chart.columns[0].parts[..] else { panic!("{chart:?}") };
        assert_eq!((low.part, high.part), (0, 2));
        assert_eq!(low.y + low.height, chart.ground);
        assert_eq!((high.y, high.y + high.height), (chart.top, low.y));
        assert_eq!(chart.columns[1].parts[0].height, (chart.ground - chart.top) / 2);
        assert_eq!(Columns::of(Vec::new(), &[]).columns.len(), 0);
    }

    #[test]
    fn a_figure_stays_until_the_next_is_known() {
        let chart = Steps::of(&[vec![(0, 4), (10, 2)], vec![]], "then".into(), "now".into());
        assert_eq!(chart.lines, ["M50 10H710V100H720", ""]);
    }
}
