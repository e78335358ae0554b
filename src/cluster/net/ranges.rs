//! A range, or one of each family joined by a comma -> ranges whose first family is the cluster's.

use ipnet::IpNet;
use std::fmt;
use std::net::IpAddr;

/// A family of addresses.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[allow(missing_docs)]
pub enum Family {
    V4,
    V6,
}

impl Family {
    /// That of an address.
    pub fn of(address: IpAddr) -> Self {
        if address.is_ipv4() { Self::V4 } else { Self::V6 }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V4 => "IPv4",
            Self::V6 => "IPv6",
        })
    }
}

/// One range of either family, or two of different families. Written as Kubernetes takes them in flags and files: joined
/// by a comma, the primary one first.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Ranges {
    /// The only one, or the one that addresses are of where there is but one.
    pub primary: IpNet,
    /// The one of the other family.
    pub secondary: Option<IpNet>,
}

impl Ranges {
    /// Every range, the primary one first.
    pub fn all(&self) -> impl Iterator<Item = IpNet> + use<> {
        [Some(self.primary), self.secondary].into_iter().flatten()
    }

    /// Every family, the primary one first.
    pub fn families(&self) -> impl Iterator<Item = Family> + use<> {
        self.all().map(|net| Family::of(net.addr()))
    }

    /// The range of a family.
    pub fn of(&self, family: Family) -> Option<IpNet> {
        self.all().find(|net| Family::of(net.addr()) == family)
    }

    /// Whether one of them has the address.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.all().any(|net| net.contains(&address))
    }
}

impl fmt::Display for Ranges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.primary.fmt(f)?;
        match self.secondary {
            Some(secondary) => write!(f, ",{secondary}"),
            None => Ok(()),
        }
    }
}

/// `10.254.0.0/16`, or `10.254.0.0/16,fd00:10:254::/56`.
///
/// # Errors
/// What is wrong with it, to stand behind the value.
pub fn ranges(text: &str) -> Result<Ranges, &'static str> {
    let (first, second) = match text.split_once(',') {
        Some((first, second)) => (first, Some(second)),
        None => (text, None),
    };
    let primary = super::range(first)?;
    let Some(second) = second else { return Ok(Ranges { primary, secondary: None }) };
    if second.contains(',') {
        return Err("has more than two ranges");
    }
    let secondary = super::range(second)?;
    if Family::of(primary.addr()) == Family::of(secondary.addr()) {
        return Err("has two ranges of one family");
    }
    Ok(Ranges { primary, secondary: Some(secondary) })
}
