//! Text -> addresses and ranges, with the reason where it is none; and which ranges overlap.

mod ranges;

pub use ranges::{Family, Ranges, ranges};

use ipnet::IpNet;
use std::net::{IpAddr, Ipv6Addr};

/// `192.168.1.10`, or `fd00::10`.
///
/// # Errors
/// What is wrong with it, to stand behind the value.
pub fn address(text: &str) -> Result<IpAddr, &'static str> {
    match text.parse() {
        Ok(address) if is_mapped(address) => Err(MAPPED),
        Ok(address) => Ok(address),
        Err(_) if text.contains('/') => Err("is not an IP address: it has a prefix length too many"),
        Err(_) if text.starts_with('[') => Err("is not an IP address: brackets are for URLs"),
        Err(_) if text.contains('%') => Err("is not an IP address: it names an interface"),
        Err(_) => Err("is not an IP address"),
    }
}

/// A host that was checked, as certificates and connections have it: an address of IPv6 can be written in many ways.
pub fn host(text: &str) -> String {
    text.parse().map_or_else(|_| text.to_owned(), |address: IpAddr| address.to_string())
}

/// `192.168.1.10/24`, or `fd00::10/64`: an address with the prefix length of its network.
///
/// # Errors
/// What is wrong with it, to stand behind the value.
pub fn interface(text: &str) -> Result<IpNet, &'static str> {
    match text.parse::<IpNet>() {
        Ok(net) if is_mapped(net.addr()) => Err(MAPPED),
        Ok(net) => Ok(net),
        Err(_) => Err(match text.parse::<IpAddr>() {
            Ok(IpAddr::V4(_)) => "has no prefix length, such as /24",
            Ok(IpAddr::V6(_)) => "has no prefix length, such as /64",
            Err(_) => "is not an IP address with a prefix length, such as 192.168.1.10/24",
        }),
    }
}

/// `::ffff:192.0.2.1` (RFC 4291 section 2.5.5.2) is an IPv4 address for some programs and an IPv6 address for others.
fn is_mapped(address: IpAddr) -> bool {
    matches!(address, IpAddr::V6(address) if address.to_ipv4_mapped().is_some())
}

const MAPPED: &str = "is an IPv4 address within an IPv6 one, which programs take for the one or the other";

/// `10.254.0.0/16`: a range, given by its first address.
///
/// # Errors
/// What is wrong with it, to stand behind the value.
pub fn range(text: &str) -> Result<IpNet, &'static str> {
    let net = interface(text)?;
    if net.addr() == net.network() {
        Ok(net)
    } else {
        Err("has bits set behind its prefix; a range starts with its first address")
    }
}

/// The `n`th address of a range, counted from its first as 0; `None` where it ends before.
pub fn nth(net: &IpNet, n: u32) -> Option<IpAddr> {
    let address = match net.network() {
        IpAddr::V4(first) => IpAddr::V4(u32::from(first).checked_add(n)?.into()),
        IpAddr::V6(first) => IpAddr::V6(u128::from(first).checked_add(n.into())?.into()),
    };
    net.contains(&address).then_some(address)
}

/// The prefix length of the part of a range of pods that each node gets: 24, or 64 where it can be. The parts are at most
/// 2^16 (kube-controller-manager, pkg/controller/nodeipam/ipam/cidrset, `clusterSubnetMaxDiff`); the lengths are the
/// defaults of its `--node-cidr-mask-size-ipv4` and `-ipv6`.
pub fn pods_of_a_node(range: &IpNet) -> u8 {
    match range {
        IpNet::V4(_) => 24,
        IpNet::V6(net) => NODE_PREFIX_V6.min(net.prefix_len().saturating_add(16)),
    }
}

/// The default of `--node-cidr-mask-size-ipv6`.
pub const NODE_PREFIX_V6: u8 = 64;

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
pub fn overlap(a: &IpNet, b: &IpNet) -> bool {
    a.contains(b) || b.contains(a)
}

/// Whether a network has no host but its two addresses, or one, so that none of them has another meaning (RFC 3021,
/// RFC 6164).
pub fn is_point_to_point(net: &IpNet) -> bool {
    net.max_prefix_len() - net.prefix_len() < 2
}

/// Why no host can have `address` in `net`, though it lies inside: the first one means the network or any of its
/// routers (RFC 4291 section 2.6.1), and of IPv4 the last one is for broadcasts.
pub fn reserved_in(net: &IpNet, address: IpAddr) -> Option<&'static str> {
    if is_point_to_point(net) {
        None
    } else if address == net.network() {
        Some("the network address, the first one,")
    } else if address == net.broadcast() && address.is_ipv4() {
        Some("the broadcast address, the last one,")
    } else {
        None
    }
}

/// Whether a host can have `address` in `net`.
pub fn is_host_in(net: &IpNet, address: IpAddr) -> bool {
    net.contains(&address) && reserved_in(net, address).is_none()
}

/// Why no machine can be reached under `address`, if so (RFC 6890; for IPv6 RFC 4291 section 2.5).
pub fn unusable(address: IpAddr) -> Option<&'static str> {
    let first = match address {
        IpAddr::V4(address) => address.octets().first().copied(),
        IpAddr::V6(_) => None,
    };
    if address.is_loopback() {
        Some("is a loopback address")
    } else if address.is_multicast() {
        Some("is a multicast address")
    } else if address == IpAddr::V6(Ipv6Addr::UNSPECIFIED) {
        Some("is the unspecified address, which means \"any\"")
    } else if is_link_local(address) {
        Some("is a link-local address, which means nothing without the interface")
    } else if first == Some(0) {
        Some("is in 0.0.0.0/8, which means \"this network\"")
    } else if first.is_some_and(|first| first >= 240) {
        Some("is in 240.0.0.0/4, which is reserved")
    } else {
        None
    }
}

/// Whether an address is one of fe80::/10. Routers of IPv6 are mostly known by such a one. Those of IPv4, which a machine
/// makes up for want of a better, were always taken.
pub fn is_link_local(address: IpAddr) -> bool {
    matches!(address, IpAddr::V6(address) if address.is_unicast_link_local())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_wrong_with_an_address() {
        assert!(address("fd00::1").is_ok_and(|a| a.is_ipv6()));
        for (bad, why) in [
            ("10.0.0.256", "is not an IP address"),
            ("10.0.0.1/8", "prefix length too many"),
            ("[fd00::1]", "brackets"),
            ("fe80::1%eth0", "names an interface"),
            ("::ffff:10.0.0.1", "within an IPv6 one"),
        ] {
            assert!(address(bad).unwrap_err().contains(why), "{bad}");
        }
        assert_eq!(interface("10.0.0.1").unwrap_err(), "has no prefix length, such as /24");
        assert_eq!(interface("fd00::1").unwrap_err(), "has no prefix length, such as /64");
        assert_eq!(interface("::ffff:10.0.0.1/104").unwrap_err(), MAPPED);
        assert!(interface("fd00::1/129").is_err());
    }

    #[test]
    fn a_range_starts_with_its_first_address() {
        for good in ["10.0.0.0/8", "0.0.0.0/0", "::/0", "fd00::/8", "fd00::1/128"] {
            assert!(range(good).is_ok(), "{good}");
        }
        assert!(range("10.1.0.0/8").is_err());
        assert!(range("fd00::1/64").is_err());
    }

    #[test]
    fn network_and_broadcast_are_no_hosts() {
        let is = |net: &str, address: &str| is_host_in(&net.parse().unwrap(), address.parse().unwrap());
        assert!(is("192.168.1.0/24", "192.168.1.1"));
        for bad in ["192.168.1.0", "192.168.1.255", "192.168.2.1", "fd00::1"] {
            assert!(!is("192.168.1.0/24", bad), "{bad}");
        }
        assert!(is("fd00::/64", "fd00::ffff:ffff:ffff:ffff"), "IPv6 has no broadcasts");
        assert!(!is("fd00::/64", "fd00::"));
        assert!(is("fd00::/127", "fd00::") && is("192.168.1.0/31", "192.168.1.0"));
    }

    #[test]
    fn no_machine_has_the_address_of_all_or_of_a_link() {
        for bad in ["::", "::1", "ff02::1", "fe80::1", "127.0.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255"] {
            assert!(unusable(bad.parse().unwrap()).is_some(), "{bad}");
        }
        for good in ["fd00::1", "2001:db8::1", "10.0.0.1", "169.254.0.1"] {
            assert_eq!(unusable(good.parse().unwrap()), None, "{good}");
        }
    }

    #[test]
    fn counts_from_the_first_address() {
        let nth = |net: &str, n| nth(&net.parse().unwrap(), n).map(|address| address.to_string());
        assert_eq!(nth("10.253.0.0/16", 10), Some("10.253.0.10".to_owned()));
        assert_eq!(nth("fd00:10:253::/112", 10), Some("fd00:10:253::a".to_owned()));
        assert_eq!(nth("fd00::/126", 4), None);
        assert_eq!(nth("255.255.255.255/32", 1), None);
        assert_eq!(nth("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128", 1), None);
    }

    #[test]
    fn nodes_get_a_sixty_fourth_where_they_can() {
        let part = |net: &str| pods_of_a_node(&net.parse().unwrap());
        assert_eq!([part("10.254.0.0/16"), part("fd00::/56"), part("fd00::/48"), part("fd00::/40")], [24, 64, 64, 56]);
    }
}
