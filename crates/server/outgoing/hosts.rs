//! Which machines may be called.
//!
//! By default those of the internet, over TLS. An address within the network of the server could be that of something
//! that trusts whoever is inside, so it takes a setting to call one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The hosts that may be called though they are private or speak plain text: `localhost`, or with a port `10.0.0.7:8080`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hosts(Vec<String>);

impl Hosts {
    /// These, as `outgoing_hosts` names them.
    pub(crate) fn new(named: &[String]) -> Self {
        Self(named.iter().map(|host| host.to_ascii_lowercase()).collect())
    }

    /// Whether `host` is named, with this port or without any.
    pub(crate) fn has(&self, host: &str, port: u16) -> bool {
        let with_port = format!("{host}:{port}");
        self.0.iter().any(|named| *named == host || *named == with_port)
    }
}

/// Whether `address` is one of the internet, and of no network, machine or use of its own.
///
/// Source: the special-purpose address registries of IANA (RFC 6890). IPv6 addresses that stand for one of IPv4 are
/// what that one is.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match embedded(address) {
            Some(address) => is_public_v4(address),
            // 2000::/3 is all that is given out; documentation and Teredo lie in it.
            None => {
                let [first, second, ..] = address.segments();
                first & 0xe000 == 0x2000 && !(first == 0x2001 && matches!(second, 0 | 0xdb8))
            }
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let shared = a == 100 && b & 0xc0 == 64;
    let protocols = a == 192 && b == 0 && c == 0;
    let benchmarks = a == 198 && b & 0xfe == 18;
    let reserved = a == 0 || a >= 224;
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || shared
        || protocols
        || benchmarks
        || reserved)
}

/// The IPv4 address in one that is mapped (RFC 4291), translated (RFC 6052) or tunnelled (RFC 3056).
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let from = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            Some(from(high, low))
        }
        [0x2002, high, low, ..] => Some(from(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_internet_are_public_and_others_are_not() {
        let is_public = |text: &str| is_public(text.parse().expect(text));
        for address in
            ["8.8.8.8", "52.1.2.3", "100.63.0.1", "172.32.0.1", "2606:4700::1", "::ffff:8.8.8.8"]
        {
            assert!(is_public(address), "{address}");
        }
        for address in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "192.0.0.8",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "203.0.113.9",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::10.0.0.1",
            "2002:7f00:1::",
            "::127.0.0.1",
        ] {
            assert!(!is_public(address), "{address}");
        }
    }

    #[test]
    fn a_host_is_named_with_its_port_or_for_all() {
        let hosts = Hosts::new(&["Localhost".into(), "10.0.0.7:8080".into()]);
        assert!(hosts.has("localhost", 1) && hosts.has("10.0.0.7", 8080));
        assert!(!hosts.has("10.0.0.7", 80) && !hosts.has("evil.localhost", 1));
    }
}
