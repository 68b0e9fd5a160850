//! The limits of connections, and which are evicted when there are too many.
//!
//! Every connection and every live chart is an open file, and a process has only so many. Whoever comes when all places
//! are taken is let in all the same if somebody has more than a fair share: idle connections go first, those of the
//! address with the most of them before all others. So many silent connections keep nobody out, from however many
//! addresses they come.
//!
//! Connections are counted by the address of the peer, as nothing else is known of them yet; live charts by the address
//! of the client ([`crate::http::requests::client_address`]). A trusted proxy carries all visitors: its connections are never evicted.

use crate::{
    config::LimitsConfig,
    networks::{Network, one_customer, widest},
};
use ipnet::IpNet;
use parking_lot::Mutex;
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};
use tokio::sync::Notify;

/// Connections, idle ones included, that one process serves at most, however many files it may open.
const CONNECTIONS_MAX: usize = 10_000;
/// Of the files a process may open, one in so many is kept for everything that is no connection: databases, mails,
/// calls of payment providers.
const FILES_KEPT_SHARE: u64 = 8;
/// And never fewer than this.
const FILES_KEPT_MIN: u64 = 128;
/// Connections that give way at once when all places are taken: looking for them costs more than evicting them.
const EVICTED_AT_ONCE: usize = 32;
/// An address that holds this many times the newcomer's places gives one up even while it is in use.
const UNFAIR_SHARE: usize = 4;

/// The places for connections and live charts of one listener. Cheap to clone.
#[derive(Clone)]
pub struct Places {
    shared: Arc<Shared>,
}

struct Shared {
    held: Mutex<Held>,
    /// Connections and live charts together.
    places_max: usize,
    connections_max: usize,
    connections_per_address_max: usize,
    charts_max: usize,
    charts_per_address_max: usize,
    trusted_proxies: Vec<IpNet>,
    evicts: bool,
    next_number: AtomicU64,
}

#[derive(Default)]
struct Held {
    connections: ByAddress,
    charts: ByAddress,
}

/// Who holds places, oldest first for each address.
#[derive(Default)]
struct ByAddress {
    addresses: HashMap<IpAddr, Vec<Arc<Holder>>>,
    count: usize,
}

/// One place's holder, as the others see it.
struct Holder {
    number: u64,
    /// It does nothing now, so that ending it loses nothing.
    idle: AtomicBool,
    evicted: Notify,
    /// A proxy of ours.
    stays: bool,
}

impl Holder {
    fn is_idle(&self) -> bool {
        !self.stays && self.idle.load(Ordering::Relaxed)
    }
}

/// A place that was taken; given back when it is dropped.
pub struct Place {
    shared: Arc<Shared>,
    holder: Arc<Holder>,
    address: IpAddr,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Connection,
    Chart,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoPlace {
    #[error("this address has too many connections")]
    Address,
    #[error("the limit of connections is reached")]
    All,
}

impl Place {
    /// Says whether the holder does nothing now.
    pub fn set_idle(&self, idle: bool) {
        self.holder.idle.store(idle, Ordering::Relaxed);
    }

    /// Comes back when somebody else needs the place.
    pub async fn evicted(&self) {
        self.holder.evicted.notified().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut held = self.shared.held.lock();
        held.of(self.kind).remove(self.address, self.holder.number);
    }
}

impl Held {
    fn of(&mut self, kind: Kind) -> &mut ByAddress {
        match kind {
            Kind::Connection => &mut self.connections,
            Kind::Chart => &mut self.charts,
        }
    }

    fn count(&self) -> usize {
        self.connections.count + self.charts.count
    }
}

impl ByAddress {
    fn of(&self, address: IpAddr) -> &[Arc<Holder>] {
        self.addresses.get(&address).map_or(&[], Vec::as_slice)
    }

    fn insert(&mut self, address: IpAddr, holder: Arc<Holder>) {
        self.addresses.entry(address).or_default().push(holder);
        self.count += 1;
    }

    fn remove(&mut self, address: IpAddr, number: u64) {
        let Some(holders) = self.addresses.get_mut(&address) else { return };
        // Numbers ascend; an evicted holder is gone already.
        if let Ok(position) = holders.binary_search_by_key(&number, |holder| holder.number) {
            holders.remove(position);
            self.count -= 1;
        }
        if holders.is_empty() {
            self.addresses.remove(&address);
        }
    }

    /// Tells the holder to go; its place is free at once.
    fn evict(&mut self, address: IpAddr, number: u64) {
        let holder = self.of(address).iter().find(|holder| holder.number == number).cloned();
        if let Some(holder) = holder {
            // Also when it does not listen yet: the permit waits for it.
            holder.evicted.notify_one();
            self.remove(address, number);
        }
    }

    /// Evicts up to so many idle holders, first of the addresses with the most places.
    fn evict_idle(&mut self, wanted: usize) -> usize {
        let mut idle: Vec<(usize, IpAddr, u64)> = Vec::new();
        for (address, holders) in &self.addresses {
            let of_address = holders.iter().filter(|holder| holder.is_idle());
            idle.extend(of_address.map(|holder| (holders.len(), *address, holder.number)));
        }
        // The most places first, then the oldest.
        let wanted = wanted.min(idle.len());
        if wanted == 0 {
            return 0;
        }
        let order = |entry: &(usize, IpAddr, u64)| (std::cmp::Reverse(entry.0), entry.2);
        idle.select_nth_unstable_by_key(wanted - 1, order);
        for (_, address, number) in idle.drain(..wanted) {
            self.evict(address, number);
        }
        wanted
    }

    /// Evicts the oldest holder of the address with the most places, or of the network, when those are far more than
    /// the newcomer's.
    fn evict_of_largest(&mut self, newcomer: IpAddr) -> bool {
        let others = self.addresses.iter().filter(|(_, holders)| !holders.iter().any(|holder| holder.stays));
        let oldest = |(address, holders): (&IpAddr, &Vec<Arc<Holder>>)| (holders[0].number, *address);
        let of_address = others.clone().max_by_key(|(_, holders)| holders.len());
        let newcomers = self.of(newcomer).len();
        let mut victim = of_address.filter(|(_, holders)| is_unfair(holders.len(), newcomers)).map(oldest);
        if victim.is_none() {
            // Many addresses of one network, each with few places.
            let mut networks: HashMap<Network, (usize, (u64, IpAddr))> = HashMap::new();
            for entry in others {
                let oldest = oldest(entry);
                let network = networks.entry(widest(*entry.0)).or_insert((0, oldest));
                network.0 += entry.1.len();
                network.1 = network.1.min(oldest);
            }
            let newcomers = networks.get(&widest(newcomer)).map_or(0, |(count, _)| *count);
            let largest = networks.into_values().max_by_key(|(count, _)| *count);
            victim = largest.filter(|(count, _)| is_unfair(*count, newcomers)).map(|(_, oldest)| oldest);
        }
        let Some((number, address)) = victim else { return false };
        self.evict(address, number);
        true
    }
}

/// Whether an address holds so much more than the newcomer would that one of its places is taken.
fn is_unfair(holds: usize, newcomers: usize) -> bool {
    holds >= (newcomers + 1) * UNFAIR_SHARE
}

impl Places {
    /// `files_max`: files this process may open. Zero in the configuration switches a limit by address off.
    pub fn new(limits: &LimitsConfig, trusted_proxies: &[IpNet], files_max: u64) -> Self {
        let unlimited_at_zero = |limit: u32| if limit == 0 { usize::MAX } else { limit as usize };
        let kept = (files_max / FILES_KEPT_SHARE).max(FILES_KEPT_MIN);
        let places_max = usize::try_from(files_max.saturating_sub(kept)).unwrap_or(usize::MAX).max(1);
        let shared = Shared {
            held: Mutex::default(),
            places_max,
            connections_max: places_max.min(CONNECTIONS_MAX),
            connections_per_address_max: unlimited_at_zero(limits.connections_per_address),
            // Who only looks never keeps those out who buy.
            charts_max: (places_max - places_max / 8).max(1),
            charts_per_address_max: unlimited_at_zero(limits.sockets_per_address),
            trusted_proxies: trusted_proxies.to_vec(),
            evicts: true,
            next_number: AtomicU64::new(0),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Lets nobody give way; what a test's negative control does.
    #[must_use]
    pub fn without_eviction(mut self) -> Self {
        Arc::get_mut(&mut self.shared).expect("it was just made").evicts = false;
        self
    }

    /// How many connections and live charts there may be together.
    pub fn places_max(&self) -> usize {
        self.shared.places_max
    }

    /// A place for a connection of this peer; somebody else's idle connection gives way if need be.
    ///
    /// # Errors
    /// [`NoPlace`]
    pub fn take_connection(&self, peer: IpAddr) -> Result<Place, NoPlace> {
        let shared = &self.shared;
        let peer = peer.to_canonical();
        // Before it is counted with its neighbours: a proxy may be one address of a network of strangers.
        let stays = shared.trusted_proxies.iter().any(|network| network.contains(&peer));
        let peer = one_customer(peer);
        let mut held = shared.held.lock();
        let of_peer = held.connections.of(peer);
        if !stays && of_peer.len() >= shared.connections_per_address_max {
            let idle = of_peer.iter().find(|holder| holder.is_idle()).map(|holder| holder.number);
            held.connections.evict(peer, idle.ok_or(NoPlace::Address)?);
        }
        if held.count() >= shared.places_max || held.connections.count >= shared.connections_max {
            let has_room = shared.evicts
                && (held.connections.evict_idle(EVICTED_AT_ONCE) > 0
                    || held.connections.evict_of_largest(peer)
                    || held.charts.evict_of_largest(peer));
            if !has_room {
                return Err(NoPlace::All);
            }
        }
        Ok(self.place(&mut held, peer, Kind::Connection, stays))
    }

    /// A place for a live chart of this client; a chart of somebody who has far more of them gives way if need be.
    ///
    /// # Errors
    /// [`NoPlace`]
    pub fn take_chart(&self, client: IpAddr) -> Result<Place, NoPlace> {
        let shared = &self.shared;
        let mut held = shared.held.lock();
        let of_client = held.charts.of(client).len();
        if of_client >= shared.charts_per_address_max {
            return Err(NoPlace::Address);
        }
        if held.charts.count >= shared.charts_max && !held.charts.evict_of_largest(client) {
            return Err(NoPlace::All);
        }
        Ok(self.place(&mut held, client, Kind::Chart, false))
    }

    /// Whether somebody would give way.
    #[cfg(test)]
    pub fn has_idle(&self) -> bool {
        self.shared.held.lock().connections.addresses.values().flatten().any(|holder| holder.is_idle())
    }

    fn place(&self, held: &mut Held, address: IpAddr, kind: Kind, stays: bool) -> Place {
        // Under the lock, so that numbers ascend within each address.
        let number = self.shared.next_number.fetch_add(1, Ordering::Relaxed);
        let idle = AtomicBool::new(kind == Kind::Connection);
        let holder = Arc::new(Holder { number, idle, evicted: Notify::new(), stays });
        held.of(kind).insert(address, holder.clone());
        Place { shared: self.shared.clone(), holder, address, kind }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use std::net::Ipv6Addr;

    /// A process that may open 1,000 files: 872 places, 763 of them for charts.
    fn places() -> Places {
        let limits = crate::config::Config::defaults().limits;
        let limits = LimitsConfig { connections_per_address: 300, sockets_per_address: 0, ..limits };
        Places::new(&limits, &["10.0.0.0/8".parse().unwrap(), "fd00::1/128".parse().unwrap()], 1_000)
    }

    fn address(number: usize) -> IpAddr {
        let [.., third, fourth] = (number as u32).to_be_bytes();
        IpAddr::from([127, 1, third, fourth])
    }

    fn was_evicted(place: &Place) -> bool {
        place.evicted().now_or_never().is_some()
    }

    #[test]
    fn idle_connections_give_way_those_of_the_largest_address_first() {
        let places = places();
        let busy = places.take_connection(address(0)).unwrap();
        busy.set_idle(false);
        let single = places.take_connection(address(1)).unwrap();
        let crowd: Vec<_> = (0..870).map(|n| places.take_connection(address(10 + n % 10)).unwrap()).collect();
        let newcomer = places.take_connection(address(2)).unwrap();
        assert!(!was_evicted(&busy) && !was_evicted(&single) && !was_evicted(&newcomer));
        let evicted: Vec<_> = crowd.iter().map(was_evicted).collect();
        assert_eq!(evicted.iter().filter(|evicted| **evicted).count(), EVICTED_AT_ONCE);
        assert!(evicted[..EVICTED_AT_ONCE].iter().all(|evicted| *evicted), "the oldest go first");
    }

    #[test]
    fn whoever_has_few_gets_a_place_beside_an_address_whose_connections_are_all_busy() {
        let places = places();
        let crowd: Vec<_> = (0..872).map(|n| places.take_connection(address(n % 10)).unwrap()).collect();
        crowd.iter().for_each(|place| place.set_idle(false));
        let newcomer = places.take_connection(address(50)).unwrap();
        newcomer.set_idle(false);
        assert_eq!(crowd.iter().filter(|place| was_evicted(place)).count(), 1);
        assert_eq!(places.take_connection(address(3)).err(), Some(NoPlace::All), "it has its share");
    }

    #[test]
    fn a_network_of_many_addresses_with_few_busy_places_each_keeps_nobody_else_out() {
        let places = places();
        let crowd: Vec<_> = (0..872).map(|n| places.take_connection(address(n % 291)).unwrap()).collect();
        crowd.iter().for_each(|place| place.set_idle(false));
        let newcomer = places.take_connection(address(90_000)).unwrap();
        assert_eq!(crowd.iter().filter(|place| was_evicted(place)).count(), 1);
        assert!(!was_evicted(&newcomer));
        let charts: Vec<_> = (0..763u128)
            .map(|n| {
                places.take_chart(Ipv6Addr::from_bits((0x2001_0db8_0077 << 80) + ((n % 300) << 64)).into()).unwrap()
            })
            .collect();
        assert!(places.take_chart("2001:db8:78::1".parse().unwrap()).is_ok());
        assert_eq!(charts.iter().filter(|place| was_evicted(place)).count(), 1);
    }

    #[test]
    fn an_address_at_its_limit_gives_up_its_own_idle_connection() {
        let places = places();
        let own: Vec<_> = (0..300).map(|_| places.take_connection(address(1)).unwrap()).collect();
        own[1..].iter().for_each(|place| place.set_idle(false));
        let one_more = places.take_connection(address(1)).unwrap();
        one_more.set_idle(false);
        assert!(was_evicted(&own[0]) && own[1..].iter().all(|place| !was_evicted(place)));
        assert_eq!(places.take_connection(address(1)).err(), Some(NoPlace::Address));
    }

    #[test]
    fn connections_of_our_own_proxy_have_no_limit_and_stay() {
        for proxy in ["10.0.0.7", "::ffff:10.0.0.7", "fd00::1"] {
            let places = places();
            let proxy: IpAddr = proxy.parse().unwrap();
            let proxied: Vec<_> = (0..872).map(|_| places.take_connection(proxy).unwrap()).collect();
            assert_eq!(places.take_connection(address(1)).err(), Some(NoPlace::All), "{proxy}");
            assert!(proxied.iter().all(|place| !was_evicted(place)), "{proxy}");
        }
    }

    #[test]
    fn live_charts_leave_room_for_those_who_buy_and_are_shared_fairly() {
        let places = places();
        let crowd: Vec<_> = (0..763).map(|n| places.take_chart(address(n % 10)).unwrap()).collect();
        assert_eq!(places.take_chart(address(3)).err(), Some(NoPlace::All), "it has its share");
        assert!(places.take_chart(address(50)).is_ok());
        assert_eq!(crowd.iter().filter(|place| was_evicted(place)).count(), 1);
        assert!(places.take_connection(address(50)).is_ok());
    }

    #[test]
    fn a_place_comes_back_once() {
        let places = places();
        drop(places.take_connection(address(1)).unwrap());
        let crowd: Vec<_> = (0..872).map(|n| places.take_connection(address(n)).unwrap()).collect();
        let newcomer = places.take_connection(address(5_000)).unwrap();
        drop(crowd);
        drop(newcomer);
        let held = places.shared.held.lock();
        assert_eq!((held.count(), held.connections.addresses.len()), (0, 0));
    }
}
