//! The flags of a component and what its user changes in them -> the words of its command line.

use std::collections::BTreeMap;

/// The flags of one component, in the order they are written.
#[derive(Clone, Debug, Default)]
pub struct Arguments(Vec<(String, String)>);

impl Arguments {
    /// No flags.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds `--flag=value`.
    pub fn set(mut self, flag: &str, value: impl ToString) -> Self {
        self.0.push((flag.to_owned(), value.to_string()));
        self
    }

    /// Adds `--feature-gates=A=true,B=false`, if there are any.
    pub fn feature_gates(self, gates: &BTreeMap<String, bool>) -> Self {
        match gates.is_empty() {
            true => self,
            false => self.set("feature-gates", join_gates(gates)),
        }
    }

    /// Replaces flags in their place, adds new ones at the end, removes those without a value.
    pub fn adjust(mut self, changes: &BTreeMap<String, Option<String>>) -> Self {
        for (flag, value) in changes {
            let old = self.0.iter_mut().find(|(name, _)| name == flag);
            match (old, value) {
                (Some(old), Some(value)) => old.1.clone_from(value),
                (None, Some(value)) => self.0.push((flag.clone(), value.clone())),
                (_, None) => self.0.retain(|(name, _)| name != flag),
            }
        }
        self
    }

    /// The value of a flag; `None` where it is not given.
    pub fn get(&self, flag: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == flag).map(|(_, value)| value.as_str())
    }

    /// `--flag=value`, each a word of its own.
    pub fn words(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|(flag, value)| format!("--{flag}={value}"))
    }
}

/// `A=true,B=false`, as the flag and as kube-proxy's configuration file of 1.9 want it.
pub fn join_gates(gates: &BTreeMap<String, bool>) -> String {
    gates.iter().map(|(gate, on)| format!("{gate}={on}")).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_keep_the_order_of_what_was_there() {
        let changes = BTreeMap::from([
            ("a".to_owned(), None),
            ("b".to_owned(), Some("9".to_owned())),
            ("z".to_owned(), Some("1".to_owned())),
            ("never-set".to_owned(), None),
        ]);
        let words: Vec<_> = Arguments::new().set("a", 1).set("b", 2).set("c", true).adjust(&changes).words().collect();
        assert_eq!(words, ["--b=9", "--c=true", "--z=1"]);
    }
}
