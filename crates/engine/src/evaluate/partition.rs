//! Which events stand under which key of a lens (`docs/policy-language.md`, "Lenses").

use super::Evaluation;
use super::effective::{Node, derived_node};
use super::kept::KeptPass;
use super::plan::{Lens, Pass};
use super::view::View;
use crate::log::Text;

/// Events by key, those of a key in order.
pub(crate) enum Keys {
    /// The log's own order: the rows of a stream stand together.
    AsSorted,
    /// Events gathered key by key.
    Gathered {
        keys: Vec<Text>,
        /// Where each key's events begin, and where the last one's end.
        starts: Vec<usize>,
        nodes: Vec<Node>,
    },
}

impl Keys {
    pub(crate) fn new(view: &View<'_>, pass: &Pass<'_>) -> Self {
        if is_as_sorted(view, pass) { Self::AsSorted } else { gather(view, pass) }
    }
}

/// The events of one key that a pass looks at, in order: as they are kept, or else looked for in the whole log.
pub(crate) fn of_key(evaluation: &Evaluation<'_>, pass: &Pass<'_>, key: Text) -> Vec<Node> {
    let view = &evaluation.view;
    let judges = |kept: &&KeptPass<'_>| pass.groups.iter().all(|group| kept.judges(group.number));
    match evaluation.kept.iter().flat_map(|passes| passes.iter()).find(judges) {
        None => looked_for(view, pass, key),
        Some(kept) => {
            let mut nodes = kept.nodes(key);
            nodes.retain(|&node| pass.names_kind(view.kind(node)));
            nodes
        }
    }
}

fn looked_for(view: &View<'_>, pass: &Pass<'_>, key: Text) -> Vec<Node> {
    if is_as_sorted(view, pass) {
        let streams = view.stream_column().iter().enumerate();
        return streams.filter(|&(_, &stream)| stream == key).map(|(node, _)| node as Node).collect();
    }
    let is_named = view.names.get(key).starts_with(&prefix(view, pass));
    let pairs = pairs(view, pass, |other| other == key && is_named, |other| other == key);
    let mut nodes: Vec<Node> = pairs.into_iter().map(|(_, node)| node).collect();
    nodes.sort_unstable_by(|&a, &b| view.compare(a, b));
    nodes
}

/// Whether the lens's keys are the streams of a sorted log, and nothing else stands under them.
fn is_as_sorted(view: &View<'_>, pass: &Pass<'_>) -> bool {
    !pass.lens.person
        && view.log.is_sorted_by_stream()
        && view.effective.is_as_recorded()
        && view.identity.is_empty()
        && view.derived.is_empty()
        && pass.lens.role.column.is_none()
}

/// The events of every key of a pass, gathered.
fn gather(view: &View<'_>, pass: &Pass<'_>) -> Keys {
    let is_named = KeyTexts::new(view, &prefix(view, pass));
    sort_by_key(view, pairs(view, pass, |text| is_named.has(text), |_| true))
}

/// What the names of streams begin with that are keys of a pass, and of its persons.
fn prefix(view: &View<'_>, pass: &Pass<'_>) -> String {
    if pass.lens.person { "person:".to_owned() } else { format!("{}:", view.names.get(pass.lens.name)) }
}

/// Each event of a pass with each key that is wanted and under which it stands. Of persons and streams those are keys that are
/// named so.
fn pairs(
    view: &View<'_>,
    pass: &Pass<'_>,
    is_named: impl Fn(Text) -> bool,
    is_wanted: impl Fn(Text) -> bool,
) -> Vec<(Text, Node)> {
    let mut pairs: Vec<(Text, Node)> = Vec::new();
    if pass.lens.person {
        gather_persons(view, pass, is_named, &mut pairs);
    } else {
        gather_links(view, pass, &is_wanted, &mut pairs);
        gather_streams(view, pass, is_named, &mut pairs);
    }
    gather_derived(view, pass, is_wanted, &mut pairs);
    pairs
}

fn gather_links(
    view: &View<'_>,
    pass: &Pass<'_>,
    is_wanted: impl Fn(Text) -> bool,
    pairs: &mut Vec<(Text, Node)>,
) {
    let Some(column) = view.link_column(pass.lens.role) else { return };
    for (row, entities) in column.iter() {
        let mut wanted = entities.iter().copied().filter(|&entity| is_wanted(entity)).peekable();
        if wanted.peek().is_none() {
            continue;
        }
        let Some(node) = view.effective.node(row) else { continue };
        if pass.names_kind(view.kind(node)) && view.fields().sees_link(&view.effective, node, pass.lens.role)
        {
            pairs.extend(wanted.map(|entity| (entity, node)));
        }
    }
}

fn gather_streams(
    view: &View<'_>,
    pass: &Pass<'_>,
    is_key: impl Fn(Text) -> bool,
    pairs: &mut Vec<(Text, Node)>,
) {
    for (node, &stream) in view.stream_column().iter().enumerate() {
        let node = node as Node;
        if is_key(stream)
            && pass.names_kind(view.effective.kind[node as usize])
            && !view.links(node, pass.lens.role).contains(&stream)
        {
            pairs.push((stream, node));
        }
    }
}

/// Texts with a prefix, by number.
struct KeyTexts(Vec<bool>);

impl KeyTexts {
    fn new(view: &View<'_>, prefix: &str) -> Self {
        let texts = 0..view.names.len();
        Self(texts.map(|text| view.names.get(Text::from_index(text)).starts_with(prefix)).collect())
    }

    fn has(&self, text: Text) -> bool {
        self.0.get(text.index()).copied().unwrap_or(false)
    }
}

fn gather_persons(
    view: &View<'_>,
    pass: &Pass<'_>,
    is_person: impl Fn(Text) -> bool,
    pairs: &mut Vec<(Text, Node)>,
) {
    let start = pairs.len();
    for role in view.roles() {
        let Some(column) = view.link_column(role) else { continue };
        for (row, entities) in column.iter() {
            let Some(node) = view.effective.node(row).filter(|&node| pass.names_kind(view.kind(node))) else {
                continue;
            };
            pairs.extend(entities.iter().filter(|&&entity| is_person(entity)).map(|&entity| (entity, node)));
        }
    }
    for (node, &stream) in view.stream_column().iter().enumerate() {
        if is_person(stream) && pass.names_kind(view.effective.kind[node]) {
            pairs.push((stream, node as Node));
        }
    }
    pairs[start..].sort_unstable_by_key(|&(key, node)| (node, key));
    pairs.dedup();
}

fn gather_derived(
    view: &View<'_>,
    pass: &Pass<'_>,
    is_wanted: impl Fn(Text) -> bool,
    pairs: &mut Vec<(Text, Node)>,
) {
    for place in 0..view.derived.len() {
        let node = derived_node(place);
        if pass.names_kind(view.kind(node)) {
            let keys = keys_of(view, pass.lens, node).into_iter().filter(|&key| is_wanted(key));
            pairs.extend(keys.map(|key| (key, node)));
        }
    }
}

/// The keys of a lens under which an event stands; a derived one of the same lens under its own only.
pub(crate) fn keys_of(view: &View<'_>, lens: Lens, node: Node) -> Vec<Text> {
    if let Some(derived) = view.derived_of(node).filter(|derived| derived.lens == lens.name) {
        return vec![derived.key];
    }
    let is_person = |key: &Text| view.names.get(*key).starts_with("person:");
    let mut keys: Vec<Text> = match lens.person {
        true => view.roles().flat_map(|role| view.raw_links(node, role)).copied().filter(is_person).collect(),
        false => view.links(node, lens.role).to_vec(),
    };
    let stream = view.stream(node);
    let of_lens = view.names.get(stream).strip_prefix(view.names.get(lens.name));
    if of_lens.is_some_and(|rest| rest.starts_with(':')) {
        keys.push(stream);
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Puts pairs together by key, by counting, and each key's events in order.
fn sort_by_key(view: &View<'_>, pairs: Vec<(Text, Node)>) -> Keys {
    let mut counts = vec![0_u32; view.names.len()];
    for (key, _) in &pairs {
        counts[key.index()] += 1;
    }
    let mut keys = Vec::new();
    let mut starts = vec![0];
    let mut next = vec![0_usize; counts.len()];
    let mut total = 0;
    for (key, &count) in counts.iter().enumerate().filter(|&(_, &count)| count > 0) {
        keys.push(Text::from_index(key));
        next[key] = total;
        total += count as usize;
        starts.push(total);
    }
    let mut nodes = vec![0; total];
    for (key, node) in pairs {
        let place = &mut next[key.index()];
        nodes[*place] = node;
        *place += 1;
    }
    for bounds in starts.windows(2) {
        let run = &mut nodes[bounds[0]..bounds[1]];
        if !run.is_sorted_by(|&a, &b| view.compare(a, b).is_lt()) {
            run.sort_unstable_by(|&a, &b| view.compare(a, b));
        }
    }
    Keys::Gathered { keys, starts, nodes }
}
