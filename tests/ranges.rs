//! Ranges of both families -> which overlap and what is in them, held against plain arithmetic on their first and last
//! addresses.

use proptest::prelude::*;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use tinderbox::cluster::net::{self, Family};

/// A range as family, first and last address, and how it is written.
#[derive(Clone, Debug)]
struct Plain {
    v6: bool,
    first: u128,
    last: u128,
    text: String,
}

/// Addresses near one another, so that ranges meet often.
fn plain() -> impl Strategy<Value = Plain> {
    (any::<bool>(), any::<u128>(), 0..=12u32).prop_map(|(v6, bits, host)| {
        let (base, length) =
            if v6 { (0xfd00_u128 << 112, 128) } else { (u128::from(u32::from_be_bytes([10, 0, 0, 0])), 32) };
        let address = base | (bits & 0x3fff);
        let first = address >> host << host;
        let last = first + ((1 << host) - 1);
        let text = match v6 {
            true => Ipv6Addr::from(first).to_string(),
            false => Ipv4Addr::from(u32::try_from(first).unwrap()).to_string(),
        };
        Plain { v6, first, last, text: format!("{text}/{}", length - host) }
    })
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u32::from(address).into(),
        IpAddr::V6(address) => address.into(),
    }
}

proptest! {
    #[test]
    fn ranges_overlap_exactly_where_they_share_an_address(a in plain(), b in plain()) {
        let (x, y) = (net::range(&a.text).unwrap(), net::range(&b.text).unwrap());
        prop_assert_eq!(net::overlap(&x, &y), a.v6 == b.v6 && a.first <= b.last && b.first <= a.last);
        prop_assert_eq!(net::overlap(&x, &y), net::overlap(&y, &x));
    }

    #[test]
    fn a_range_is_read_as_it_is_written(a in plain()) {
        let net = net::range(&a.text).unwrap();
        prop_assert_eq!(net.to_string(), a.text);
        prop_assert_eq!((number(net.network()), number(net.broadcast())), (a.first, a.last));
    }

    #[test]
    fn the_nth_address_is_counted_from_the_first(a in plain(), n in 0..6000u32) {
        let nth = net::nth(&net::range(&a.text).unwrap(), n).map(number);
        prop_assert_eq!(nth, Some(a.first + u128::from(n)).filter(|address| *address <= a.last));
    }

    #[test]
    fn two_ranges_are_of_different_families(a in plain(), b in plain()) {
        let text = format!("{},{}", a.text, b.text);
        match net::ranges(&text) {
            Ok(ranges) => {
                prop_assert!(a.v6 != b.v6);
                prop_assert_eq!(ranges.to_string(), text);
                prop_assert_eq!(ranges.primary.to_string(), a.text.as_str());
                prop_assert_eq!(ranges.of(Family::V6).unwrap().to_string(), if a.v6 { a.text } else { b.text });
            }
            Err(_) => prop_assert_eq!(a.v6, b.v6),
        }
    }

    #[test]
    fn no_text_is_a_surprise(text in "[0-9a-f:./,\\[\\]% ]{0,40}") {
        let _ = (net::ranges(&text), net::interface(&text));
        if let Ok(address) = net::address(&text) {
            prop_assert_eq!(net::host(&text), address.to_string());
        }
    }
}

#[test]
fn a_second_range_is_one_more_and_not_two() {
    for (bad, why) in [
        ("10.0.0.0/16,", "is not an IP address"),
        ("10.0.0.0/16,fd00::/56,fd01::/56", "more than two"),
        ("10.0.0.0/16, fd00::/56", "is not an IP address"),
        ("10.0.0.0/16,fd00::1/56", "starts with its first address"),
        ("fd00::/56,fd01::/56", "two ranges of one family"),
    ] {
        assert!(net::ranges(bad).unwrap_err().contains(why), "{bad}: {}", net::ranges(bad).unwrap_err());
    }
}
