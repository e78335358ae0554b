//! The type of a flag or field and a value -> whether the component can read it.

use serde_json::Value;
use std::net::IpAddr;

/// Whether a flag of type `kind` (pflag's names) takes the text `value`.
///
/// # Errors
/// What it takes, with its article.
pub fn accepts(kind: &str, value: &str) -> Result<(), &'static str> {
    let (good, expected) = match kind {
        // strconv.ParseBool
        "bool" => (
            matches!(value, "1" | "0" | "t" | "f" | "T" | "F" | "true" | "false" | "TRUE" | "FALSE" | "True" | "False"),
            "a boolean, true or false",
        ),
        "int" | "int32" | "int64" => (value.parse::<i64>().is_ok(), "an integer"),
        "uint" | "uint16" | "uint32" | "uint64" => (value.parse::<u64>().is_ok(), "an integer of at least 0"),
        "float" | "float32" | "float64" => (value.parse::<f64>().is_ok_and(f64::is_finite), "a number"),
        "ip" => (value.parse::<IpAddr>().is_ok(), "an IP address"),
        "ipNet" | "cidr" => (value.parse::<ipnet::IpNet>().is_ok(), "a range such as 10.0.0.0/16"),
        "duration" => (is_duration(value), "a duration such as 20s or 1m30s"),
        _ => (true, ""),
    };
    if good { Ok(()) } else { Err(expected) }
}

/// Whether a field of type `kind` takes the JSON value.
///
/// # Errors
/// What it takes, with its article.
pub fn accepts_json(kind: &str, value: &Value) -> Result<(), &'static str> {
    let (good, expected) = match kind {
        "bool" => (value.is_boolean(), "a boolean"),
        "int" => (value.as_i64().is_some_and(|n| i32::try_from(n).is_ok()), "an integer of 32 bits"),
        "float" => (value.is_number(), "a number"),
        "duration" => (value.as_str().is_some_and(is_duration), "a duration such as \"20s\" or \"1m30s\""),
        _ => (value.is_string(), "a string"),
    };
    if good { Ok(()) } else { Err(expected) }
}

/// Go's time.ParseDuration: numbers with units, such as `1h30m` or `-1.5s`; `0` needs none.
fn is_duration(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if unsigned == "0" {
        return true;
    }
    let mut rest = unsigned;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
        let (number, tail) = rest.split_at(digits);
        let unit = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let (unit, next) = tail.split_at(unit);
        if number.parse::<f64>().is_err() || !["ns", "us", "µs", "μs", "ms", "s", "m", "h"].contains(&unit) {
            return false;
        }
        rest = next;
    }
    !unsigned.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_gos() {
        for good in ["20s", "1m30s", "-1.5h", "0", "250ms", "1h0m0s"] {
            assert!(is_duration(good), "{good}");
        }
        for bad in ["", "20", "s", "1d", "1 s", "-", "1.2.3s"] {
            assert!(!is_duration(bad), "{bad}");
        }
    }

    #[test]
    fn a_boolean_is_no_yes() {
        assert!(accepts("bool", "true").is_ok() && accepts("bool", "yes").is_err());
        assert!(accepts("int", "1.5").is_err() && accepts("stringSlice", "anything").is_ok());
        assert!(accepts_json("float", &1.into()).is_ok() && accepts_json("int", &1.5.into()).is_err());
    }
}
