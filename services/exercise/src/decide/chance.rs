//! Chance that a seed fixes: the same seed chooses the same, on every machine and in every release.
//!
//! SplitMix64, in ten lines of our own: a problem's name holds its seed for years, and the crates for random numbers keep
//! the right to choose otherwise in a new version. Not here: what is chosen (`draw`).

use super::exercise::Seed;

/// A stream of choices.
#[derive(Debug, Clone)]
pub struct Chance {
    state: u64,
}

impl Chance {
    /// The stream of this name under this seed. Streams of different names are independent, so that a change in what one
    /// part draws leaves the others as they were.
    #[must_use]
    pub fn new(seed: Seed, stream: &str) -> Self {
        // FNV-1a of the name, stirred once with the seed.
        let name = stream.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        let mut mixer = Self { state: name ^ u64::from(seed.0) };
        let state = mixer.next();
        Self { state }
    }

    /// The next 64 bits.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`, all equally likely; 0 where the limit is 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        if limit < 2 {
            return 0;
        }
        // What is above the last whole multiple would favour small numbers.
        let whole = u64::MAX - u64::MAX % limit;
        loop {
            let next = self.next();
            if next < whole {
                return next % limit;
            }
        }
    }

    /// A place in a list of `length`.
    pub fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or_default()
    }

    /// One of these; none of none.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.index(from.len()))
    }

    /// Puts them in some order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            let other = self.index(last + 1);
            list.swap(last, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_the_published_splitmix64() {
        // The reference implementation's first numbers for the state 1234567.
        let mut chance = Chance { state: 1_234_567 };
        let numbers: Vec<u64> = (0..3).map(|_| chance.next()).collect();
        assert_eq!(
            numbers,
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn a_seed_and_a_name_fix_the_stream_and_no_two_streams_are_alike() {
        let first = |seed, name| Chance::new(Seed(seed), name).below(1 << 40);
        assert_eq!(first(7, "draw"), first(7, "draw"));
        assert_ne!(first(7, "draw"), first(8, "draw"));
        assert_ne!(first(7, "draw"), first(7, "tests"));
    }

    #[test]
    fn what_is_chosen_on_one_machine_is_chosen_on_all() {
        let mut chance = Chance::new(Seed(2026), "draw");
        let mut letters = ['a', 'b', 'c', 'd', 'e', 'f'];
        chance.shuffle(&mut letters);
        insta::assert_compact_debug_snapshot!((
            letters,
            chance.below(100),
            chance.below(100),
            chance.below(100)
        ));
    }

    #[test]
    fn every_number_below_the_limit_comes_up_about_as_often() {
        let mut chance = Chance::new(Seed(1), "even");
        let mut counts = [0u32; 7];
        for _ in 0..7_000 {
            counts[chance.index(7)] += 1;
        }
        assert!(counts.iter().all(|count| (850..1_150).contains(count)), "{counts:?}");
        assert_eq!(chance.below(0), 0);
        assert_eq!(chance.pick::<u8>(&[]), None);
    }
}
