//! The text of a unit or drop-in -> its settings, its commands and their words, as systemd reads them.
//!
//! Source: systemd.syntax(7), and systemd.service(5) "Command lines".

/// One `key=value` of a unit, with the lines that continue it.
#[derive(Debug)]
pub struct Setting {
    /// The name in brackets above it.
    pub section: String,
    /// The name before the `=`.
    pub key: String,
    /// What is behind it, in one line; empty where it takes back what was set before.
    pub value: String,
    /// The commands of an `Exec…=`; none of any other setting.
    pub commands: Vec<Command>,
}

/// One command of an `Exec…=`.
#[derive(Debug)]
pub struct Command {
    /// Whether it may fail (`-` before the program).
    pub optional: bool,
    /// Whether systemd expands variables in it (no `:` before the program).
    pub expands: bool,
    /// The program and its arguments, unquoted.
    pub words: Vec<String>,
}

/// The settings of a unit text, in order.
pub fn settings(text: &str) -> Vec<Setting> {
    let mut found = Vec::new();
    let mut section = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let line = line.trim();
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_end_matches(']').to_owned();
            continue;
        }
        let mut whole = line.to_owned();
        // A comment between continued lines is passed over.
        while let Some(kept) = whole.strip_suffix('\\') {
            let Some(next) = lines.by_ref().find(|next| !next.trim_start().starts_with(['#', ';'])) else { break };
            whole = format!("{kept} {}", next.trim());
        }
        let Some((key, value)) = whole.split_once('=') else { continue };
        let (key, value) = (key.trim().to_owned(), value.trim().to_owned());
        let commands = if key.starts_with("Exec") { commands(&value) } else { Vec::new() };
        found.push(Setting { section: section.clone(), key, value, commands });
    }
    found
}

/// The commands of one `Exec…=`: a lone `;` separates them.
fn commands(value: &str) -> Vec<Command> {
    let all = words(value);
    let parts = all.split(|word| word == ";").filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let mut words = part.to_vec();
            let mut prefix = String::new();
            if let Some(first) = words.first_mut() {
                let program = first.trim_start_matches(['-', '@', '+', '!', ':', '|']);
                prefix = first.trim_end_matches(program).to_owned();
                *first = program.to_owned();
            }
            // With @ the word behind the program is its name, argv[0].
            if prefix.contains('@') && words.len() > 1 {
                words.remove(1);
            }
            Command { optional: prefix.contains('-'), expands: !prefix.contains(':'), words }
        })
        .collect()
}

/// The words of a value: unquoted, with escapes and `%%` read. Other specifiers stay as they are.
pub fn words(value: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (_, '\\') => {
                let word = word.get_or_insert_default();
                match chars.next() {
                    Some('n') => word.push('\n'),
                    Some('t') => word.push('\t'),
                    Some('s') => word.push(' '),
                    Some(c @ ('"' | '\'' | '\\' | ' ')) => word.push(c),
                    // No path or variable is spelled with the others, so they may stay.
                    Some(c) => word.extend(['\\', c]),
                    None => {}
                }
            }
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words.iter().map(|word| word.replace("%%", "%")).collect()
}

/// The names and values of `Environment=`.
pub fn variables(value: &str) -> impl Iterator<Item = (String, String)> {
    words(value).into_iter().filter_map(|word| word.split_once('=').map(|(n, v)| (n.to_owned(), v.to_owned())))
}
