//! A tab-separated table -> its rows, each with a fixed number of columns.

/// The rows of `table`; comments (`#`) are left out, missing columns are empty.
pub fn rows<const N: usize>(table: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    table.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(|line| {
        let mut columns = line.split('\t');
        std::array::from_fn(|_| columns.next().unwrap_or_default())
    })
}
