//! A host and a port -> the authority of a URL, which is how most programs take an address to connect to or listen on.

/// `host:port`, with brackets around an IPv6 address (RFC 3986 section 3.2.2).
pub fn authority(host: impl ToString, port: u16) -> String {
    let host = host.to_string();
    match host.contains(':') {
        true => format!("[{host}]:{port}"),
        false => format!("{host}:{port}"),
    }
}

#[cfg(test)]
mod tests {
    use super::authority;

    #[test]
    fn only_colons_need_brackets() {
        assert_eq!(authority("192.168.1.5", 2379), "192.168.1.5:2379");
        assert_eq!(authority("api.example.com", 443), "api.example.com:443");
        assert_eq!(authority("fd00::5", 6443), "[fd00::5]:6443");
        assert_eq!(authority(std::net::Ipv6Addr::UNSPECIFIED, 2379), "[::]:2379");
    }
}
