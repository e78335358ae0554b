//! Text -> IPv4 addresses and ranges, with the reason where it is none; and which ranges overlap.

use ipnet::Ipv4Net;
use std::net::{Ipv4Addr, Ipv6Addr};

/// `192.168.1.10`.
///
/// # Errors
/// What is wrong with it, to stand behind the value.
pub fn address(text: &str) -> Result<Ipv4Addr, &'static str> {
    text.parse().map_err(|_| {
        if text.parse::<Ipv6Addr>().is_ok() {
            "is an IPv6 address; tinderbox does IPv4 alone, not yet IPv6"
        } else if text.contains('/') {
            "is not an IPv4 address: it has a prefix length too many"
        } else {
            "is not an IPv4 address"
        }
    })
}

/// `192.168.1.10/24`: an address with the prefix length of its network.
///
/// # Errors
/// What is wrong with it, to stand behind the value.
pub fn interface(text: &str) -> Result<Ipv4Net, &'static str> {
    text.parse().map_err(|_| {
        if text.split('/').next().is_some_and(|a| a.parse::<Ipv6Addr>().is_ok()) {
            "is IPv6; tinderbox does IPv4 alone, not yet IPv6"
        } else if text.parse::<Ipv4Addr>().is_ok() {
            "has no prefix length, such as /24"
        } else {
            "is not an IPv4 address with a prefix length, such as 192.168.1.10/24"
        }
    })
}

/// `10.254.0.0/16`: a range, given by its first address.
///
/// # Errors
/// What is wrong with it, to stand behind the value.
pub fn range(text: &str) -> Result<Ipv4Net, &'static str> {
    let net = interface(text)?;
    if net.addr() == net.network() {
        Ok(net)
    } else {
        Err("has bits set behind its prefix; a range starts with its first address")
    }
}

/// The `n`th address of a range, counted from its first as 0; `None` where it ends before.
pub fn nth(net: &Ipv4Net, n: u32) -> Option<Ipv4Addr> {
    let address = Ipv4Addr::from(u32::from(net.network()).checked_add(n)?);
    net.contains(&address).then_some(address)
}

/// Whether a text is a DNS name: labels of lower-case letters, digits and inner hyphens, joined by dots, at most 253
/// characters, and none that only an address would have.
pub fn is_dns_name(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(is_label) && !text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

/// Whether two ranges share an address.
pub fn overlap(a: &Ipv4Net, b: &Ipv4Net) -> bool {
    a.contains(b) || b.contains(a)
}

/// Whether a host can have `address` in `net`: inside, and neither its network nor its broadcast address.
pub fn is_host_in(net: &Ipv4Net, address: Ipv4Addr) -> bool {
    net.contains(&address) && address != net.network() && address != net.broadcast()
}

/// Why no machine can be reached under `address`, if so (RFC 6890).
pub fn unusable(address: Ipv4Addr) -> Option<&'static str> {
    if address.is_loopback() {
        Some("is a loopback address")
    } else if address.is_multicast() {
        Some("is a multicast address")
    } else if address.octets().first() == Some(&0) {
        Some("is in 0.0.0.0/8, which means \"this network\"")
    } else if address.octets().first().is_some_and(|first| *first >= 240) {
        Some("is in 240.0.0.0/4, which is reserved")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_ipv6_from_nonsense() {
        assert!(address("fd00::1").unwrap_err().contains("not yet IPv6"));
        assert!(range("fd00::/8").unwrap_err().contains("not yet IPv6"));
        assert_eq!(address("10.0.0.256").unwrap_err(), "is not an IPv4 address");
        assert_eq!(interface("10.0.0.1").unwrap_err(), "has no prefix length, such as /24");
    }

    #[test]
    fn a_range_starts_with_its_first_address() {
        assert!(range("10.0.0.0/8").is_ok());
        assert!(range("10.1.0.0/8").is_err());
        assert!(range("0.0.0.0/0").is_ok());
    }

    #[test]
    fn network_and_broadcast_are_no_hosts() {
        let net = "192.168.1.0/24".parse().unwrap();
        assert!(is_host_in(&net, "192.168.1.1".parse().unwrap()));
        for bad in ["192.168.1.0", "192.168.1.255", "192.168.2.1"] {
            assert!(!is_host_in(&net, bad.parse().unwrap()), "{bad}");
        }
    }
}
