//! The type of a flag or field and a value -> whether the component can read it.

use serde_json::Value;
use std::net::IpAddr;

/// The types of fields, as the tables have them.
#[cfg(test)]
pub const FIELD_TYPES: [&str; 15] = [
    "bool",
    "duration",
    "durationOrInt",
    "float",
    "int",
    "int64",
    "ints",
    "list",
    "map",
    "mapStringBool",
    "mapStringString",
    "quantity",
    "string",
    "strings",
    "uint",
];

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
        "mapStringBool" => (is_map_of_booleans(value), "a list such as A=true,B=false"),
        "quantity" => (is_quantity(value), "a quantity such as 100m or 5Gi"),
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
        "int64" => (value.as_i64().is_some(), "an integer"),
        "uint" => (value.as_u64().is_some(), "an integer of at least 0"),
        "float" => (value.is_number(), "a number"),
        "duration" => (value.as_str().is_some_and(is_duration), "a duration such as \"20s\" or \"1m30s\""),
        // TimeOrMetaDuration of component-base/logs/api/v1.
        "durationOrInt" => (
            value.is_i64() || value.as_str().is_some_and(is_duration),
            "a duration such as \"20s\", or a number of nanoseconds",
        ),
        "quantity" => {
            (value.is_number() || value.as_str().is_some_and(is_quantity), "a quantity such as \"100m\" or \"5Gi\"")
        }
        "mapStringBool" => (all_in_map(value, Value::is_boolean), "an attribute set of booleans"),
        "mapStringString" => (all_in_map(value, Value::is_string), "an attribute set of strings"),
        "map" => (value.is_object(), "an attribute set"),
        "strings" => (all_in_list(value, Value::is_string), "a list of strings"),
        "ints" => (all_in_list(value, Value::is_i64), "a list of integers"),
        // What is in the items the component itself says: there is no table of it.
        "list" => (all_in_list(value, Value::is_object), "a list of attribute sets"),
        _ => (value.is_string(), "a string"),
    };
    if good { Ok(()) } else { Err(expected) }
}

fn all_in_map(value: &Value, is: fn(&Value) -> bool) -> bool {
    value.as_object().is_some_and(|map| map.values().all(is))
}

fn all_in_list(value: &Value, is: fn(&Value) -> bool) -> bool {
    value.as_array().is_some_and(|list| list.iter().all(is))
}

/// MapStringBool.Set of component-base/cli/flag: pairs, of which empty ones are passed over.
fn is_map_of_booleans(text: &str) -> bool {
    text.split(',')
        .filter(|pair| !pair.is_empty())
        .all(|pair| pair.split_once('=').is_some_and(|(_, value)| accepts("bool", value.trim()).is_ok()))
}

/// ParseQuantity of apimachinery/pkg/api/resource: a number with a suffix of thousands, of powers of two, or an exponent.
fn is_quantity(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let digits = unsigned.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(unsigned.len());
    let (number, suffix) = unsigned.split_at(digits);
    let known = ["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    let is_exponent =
        |text: &str| text.strip_prefix(['e', 'E']).is_some_and(|exponent| exponent.parse::<i32>().is_ok());
    number.parse::<f64>().is_ok() && (known.contains(&suffix) || is_exponent(suffix))
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
    use serde_json::json;

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

    #[test]
    fn quantities_are_those_of_the_api() {
        for good in ["5Gi", "100m", "0", "1.5", "-2k", "12e6", "1E3", "2E"] {
            assert!(is_quantity(good), "{good}");
        }
        for bad in ["", "Gi", "5 Gi", "5GB", "1.2.3", "1e", "five"] {
            assert!(!is_quantity(bad), "{bad}");
        }
        assert!(accepts_json("quantity", &5.into()).is_ok() && accepts_json("quantity", &true.into()).is_err());
    }

    #[test]
    fn lists_and_maps_are_of_their_type() {
        let ok = |kind, value: Value| accepts_json(kind, &value).is_ok();
        assert!(ok("mapStringBool", json!({"A": true})) && !ok("mapStringBool", json!({"A": "true"})));
        assert!(ok("mapStringString", json!({"memory.available": "5%"})) && !ok("mapStringString", json!("a=b")));
        assert!(
            ok("strings", json!(["10.0.0.10"])) && !ok("strings", json!("10.0.0.10")) && !ok("strings", json!([1]))
        );
        assert!(
            ok("list", json!([{"key": "a"}])) && !ok("list", json!({"key": "a"})) && ok("map", json!({"a": ["b"]}))
        );
        assert!(ok("durationOrInt", json!("5s")) && ok("durationOrInt", json!(5)) && !ok("durationOrInt", json!("5")));
        assert!(ok("uint", json!(0)) && !ok("uint", json!(-1)) && ok("int64", json!(1_i64 << 40)));
        assert!(accepts("mapStringBool", "A=true, B=false").is_ok() && accepts("mapStringBool", "A").is_err());
    }
}
