//! Words that two people compare, so that no relay in between can put its own key in a new console's place.

use sha2::{Digest, Sha256};

use super::DevicePublicKey;

/// How many words are compared: 48 bits, one of which would have to be hit while somebody looks.
const WORDS: usize = 6;

/// The words for a device's key at a desk. The new console shows them from its own key, the approving console from
/// what the relay handed it; if they differ, the relay gave another key.
pub fn comparison_words(desk: &str, key: &DevicePublicKey) -> String {
    let mut digest = Sha256::new();
    digest.update(b"switchboard.relay.words.v1\0");
    digest.update(key.as_bytes());
    digest.update(desk.as_bytes());
    let digest: [u8; 32] = digest.finalize().into();
    let words: Vec<&str> = digest.iter().take(WORDS).filter_map(|byte| LIST.get(usize::from(*byte)).copied()).collect();
    words.join(" ")
}

/// One word for each byte. Changing the list changes what consoles of different versions show.
#[rustfmt::skip]
static LIST: [&str; 256] = [
    "acid", "acorn", "actor", "adult", "agent", "album", "alarm", "amber", "angle", "ankle", "apple", "april",
    "arrow", "atlas", "attic", "award", "bacon", "badge", "bagel", "baker", "bamboo", "banana", "banjo", "barn",
    "basin", "basket", "beach", "beard", "beaver", "bench", "berry", "bicycle", "birch", "bishop", "blanket",
    "bottle", "branch", "bread", "brick", "bridge", "brush", "bucket", "butter", "button", "cabin", "cactus",
    "camel", "camera", "candle", "canoe", "canvas", "captain", "carbon", "carpet", "carrot", "castle", "cedar",
    "cellar", "cement", "chalk", "cherry", "chess", "chimney", "cider", "cinema", "circle", "citrus", "clover",
    "coast", "cobalt", "cobra", "coffee", "comet", "copper", "coral", "cotton", "cradle", "crane", "crayon",
    "cricket", "crown", "crystal", "cushion", "dancer", "daisy", "desert", "diamond", "dinner", "doctor", "dolphin",
    "donkey", "dragon", "drawer", "eagle", "earth", "elbow", "ember", "engine", "envelope", "fabric", "falcon",
    "family", "feather", "fence", "fiddle", "finger", "flame", "flute", "forest", "fossil", "fountain", "fridge",
    "galaxy", "garden", "garlic", "giant", "ginger", "giraffe", "glacier", "glove", "goat", "gold", "grape",
    "gravel", "guitar", "hammer", "harbor", "hazel", "helmet", "honey", "hotel", "island", "ivory", "jacket",
    "jelly", "jungle", "kettle", "kitchen", "kite", "ladder", "lagoon", "lantern", "lemon", "lentil", "leopard",
    "letter", "lily", "lizard", "lobster", "magnet", "mango", "maple", "marble", "market", "meadow", "melon",
    "mirror", "monkey", "morning", "mosaic", "motor", "mountain", "museum", "mustard", "napkin", "needle", "nickel",
    "night", "noodle", "novel", "oasis", "ocean", "olive", "onion", "opera", "orange", "orchid", "otter", "oyster",
    "paddle", "palace", "panda", "paper", "parrot", "peach", "peanut", "pebble", "pencil", "pepper", "piano",
    "pigeon", "pillow", "pilot", "pirate", "planet", "plum", "pocket", "pony", "poppy", "potato", "prairie",
    "pumpkin", "puzzle", "python", "quartz", "queen", "rabbit", "radar", "radio", "raven", "ribbon", "river",
    "robin", "rocket", "saddle", "salad", "salmon", "sandal", "saturn", "school", "shadow", "silver", "sister",
    "sled", "snail", "socket", "spider", "spoon", "squirrel", "statue", "stereo", "summer", "sunset", "swallow",
    "table", "tango", "teapot", "temple", "thunder", "ticket", "tiger", "timber", "toast", "tomato", "tractor",
    "tulip", "tunnel", "turtle", "umbrella", "uncle", "valley", "velvet", "violin", "walnut", "water", "whale",
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_list_has_no_word_twice() {
        let distinct: std::collections::HashSet<&&str> = LIST.iter().collect();
        assert_eq!(distinct.len(), LIST.len());
    }

    #[test]
    fn another_key_or_desk_has_other_words() {
        let key = DevicePublicKey::from_hex(&"07".repeat(32)).unwrap();
        let other = DevicePublicKey::from_hex(&"08".repeat(32)).unwrap();
        let words = comparison_words("shop", &key);
        assert_eq!(words.split(' ').count(), WORDS);
        assert_ne!(words, comparison_words("shop", &other));
        assert_ne!(words, comparison_words("other", &key));
    }
}
