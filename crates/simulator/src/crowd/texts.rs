//! What customers of a homeware shop write. Short, varied, with accents and emoji, since both
//! have broken signature checks before.

pub(crate) const THANKS: &[&str] = &[
    "Thank you!",
    "Thanks so much 🙏",
    "Merci beaucoup!",
    "Perfect, thanks",
    "Great, thank you 😊",
    "Super, merci!",
    "Got it, thanks!",
    "👍",
];

pub(crate) const QUESTIONS: &[&str] = &[
    "Is the oak serving board still in stock?",
    "Do you ship to Québec City?",
    "Hi! Does the sale also count for the linen throws?",
    "What time do you close on Saturday?",
    "Could I change the delivery to Friday?",
    "Est-ce que la livraison est gratuite à partir de 75 $ ?",
    "Can I pick up at the store instead?",
    "Do the stoneware mugs go in the dishwasher?",
    "How long does delivery to Halifax take?",
    "Is there a gift-wrap option?",
    "Does the walnut shelf come in 90 cm?",
];

pub(crate) const REMARKS: &[&str] = &[
    "Love the new candles 🕯️",
    "Looks lovely. I'll drop by on the weekend",
    "Oh nice, was waiting for this!",
    "J'adore! Je passe samedi.",
    "My sister told me about your shop, great stuff",
    "The mugs arrived yesterday, beautiful work",
    "A bit pricey for me this month, maybe next time",
    "Yes please",
    "ok",
];

pub(crate) const FOLLOW_UPS: &[&str] = &[
    "Perfect, see you then!",
    "Thanks for the quick answer 🙂",
    "Great, I'll take two",
    "Oh ok, too bad",
    "Merci!",
    "Good to know, thank you",
    "And do you have it in green?",
    "👌",
];

pub(crate) const COMPLAINTS: &[&str] = &[
    "Please stop texting me so much",
    "One of the mugs came broken 😕",
    "I never got my parcel?",
    "Wrong colour was delivered, what now?",
];

pub(crate) const STOPS: &[&str] = &["STOP", "Stop", "stop", "Unsubscribe", "ARRET", "STOP please"];

pub(crate) const CAPTIONS: &[&str] = &[
    "Here it is in our kitchen!",
    "This is the crack I mean",
    "Does this colour match your oak?",
    "Voilà le résultat 😍",
    "Found this one at my aunt's, do you still make it?",
];
