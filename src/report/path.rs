//! Names of options and attributes -> the path as its user writes it in Nix.

use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;

/// The path of an option, spelled as in Nix: `cluster.nodes.app-kube1.network.dns[1]`,
/// `cluster.extra.files."/etc/motd".mode`.
#[derive(Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct OptionPath {
    text: String,
    /// Where each step of the path ends in `text`.
    ends: Vec<usize>,
}

impl OptionPath {
    /// The path of a fixed option, such as `cluster.network.podCIDR`: names without quotes, joined by dots.
    pub fn of(dotted: &str) -> Self {
        dotted.split('.').fold(Self::default(), Self::attr)
    }

    /// A file in place of an option, as its user wrote its path.
    pub fn file(path: impl ToString) -> Self {
        let text = path.to_string();
        Self { ends: vec![text.len()], text }
    }

    /// The attribute `name` below this path, quoted where Nix wants quotes.
    pub fn attr(mut self, name: &str) -> Self {
        if !self.text.is_empty() {
            self.text.push('.');
        }
        if is_identifier(name) {
            self.text.push_str(name);
        } else {
            self.text.push_str(&quoted(name));
        }
        self.ends.push(self.text.len());
        self
    }

    /// The attributes of a dotted path below this one.
    pub fn dot(self, dotted: &str) -> Self {
        dotted.split('.').fold(self, Self::attr)
    }

    /// The element `index` of the list at this path, counted from 0.
    pub fn index(mut self, index: usize) -> Self {
        self.text.push_str(&format!("[{index}]"));
        self.ends.push(self.text.len());
        self
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What `map` says of this path, or of the nearest one around it.
    pub fn nearest<'a, T>(&self, map: &'a BTreeMap<String, T>) -> Option<&'a T> {
        self.ends.iter().rev().find_map(|end| map.get(self.text.get(..*end)?))
    }
}

impl fmt::Display for OptionPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for OptionPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

/// Whether Nix reads `name` as an attribute name without quotes (Nix manual, "Identifiers").
fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-'".contains(c))
}

/// `name` as a Nix string: what would end it or start an interpolation is escaped, line breaks too.
fn quoted(name: &str) -> String {
    let mut text = String::from("\"");
    let mut rest = name.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            '$' if rest.peek() == Some(&'{') => text.push_str("\\$"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            c if c.is_control() => text.extend(c.escape_unicode()),
            c => text.push(c),
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_a_path_as_nix_does() {
        let path = OptionPath::of("cluster.extra.files").attr("/etc/a\"${b}").attr("text");
        assert_eq!(path.as_str(), r#"cluster.extra.files."/etc/a\"\${b}".text"#);
        assert_eq!(
            OptionPath::of("cluster.nodes").attr("app-kube1").dot("network.dns").index(1).as_str(),
            "cluster.nodes.app-kube1.network.dns[1]"
        );
    }

    #[test]
    fn finds_the_origin_of_the_nearest_option_around() {
        let origins = BTreeMap::from([("cluster.nodes".to_owned(), 1), ("cluster.nodes.\"a.b\"".to_owned(), 2)]);
        let nodes = OptionPath::of("cluster.nodes");
        assert_eq!(nodes.clone().attr("x").dot("network.dns").index(3).nearest(&origins), Some(&1));
        assert_eq!(nodes.attr("a.b").attr("roles").nearest(&origins), Some(&2));
        assert_eq!(OptionPath::of("cluster.name").nearest(&origins), None);
    }
}
