//! What was made -> a short table; what is being made -> a bar, when it takes long.

use crate::output::Made;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::fmt::Write;
use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// A bar on a terminal's standard error, from half a second on.
pub struct Progress {
    total: u64,
    begun: Instant,
    bar: OnceLock<ProgressBar>,
}

impl Progress {
    pub fn new(nodes: usize) -> Self {
        Self { total: nodes as u64, begun: Instant::now(), bar: OnceLock::new() }
    }

    /// So many nodes are done.
    pub fn at(&self, done: usize) {
        if self.begun.elapsed() < Duration::from_millis(500) {
            return;
        }
        let bar = self.bar.get_or_init(|| {
            let style = ProgressStyle::with_template("{bar:40} {pos}/{len} nodes, {eta} left");
            // Hidden by itself where standard error is no terminal.
            ProgressBar::with_draw_target(Some(self.total), ProgressDrawTarget::stderr())
                .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        bar.set_position(done as u64);
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}

/// `1 node`, `2 nodes`.
pub fn plural(n: usize, word: &str) -> String {
    format!("{n} {word}{}", if n == 1 { "" } else { "s" })
}

/// The most nodes that are listed one by one.
const MOST: usize = 20;

/// What was made, a line a node for as many as one wants to read.
pub fn table(made: &[Made], dir: &Path) -> String {
    let width = made.iter().take(MOST).map(|m| m.node.len()).max().unwrap_or(0).max(4);
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{:width$}  {:>8}  {:>11}  {:>10}", "node", "entries", "config.json", "config.iso");
    for one in made.iter().take(MOST) {
        let iso = one.iso.map_or_else(|| "-".to_owned(), size);
        let secret = if one.secret { "  holds a private key" } else { "" };
        let json = size(one.json as u64);
        let _ = writeln!(out, "{:width$}  {:>8}  {json:>11}  {iso:>10}{secret}", one.node, one.entries);
    }
    if made.len() > MOST {
        let _ = writeln!(out, "… and {} more", made.len() - MOST);
    }
    let _ = writeln!(out, "{} in {}", plural(made.len(), "node"), dir.display());
    out
}

/// Bytes, as a person reads them.
fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{:.1} KiB", bytes as f64 / 1024.0),
        _ => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
    }
}
