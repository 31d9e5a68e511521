//! What the linter says: a rule, a place, a sentence and, where a machine can do it, the repair.

use json_patch::{AddOperation, Patch, PatchOperation, ReplaceOperation, jsonptr::PointerBuf};
use serde::Serialize;
use serde_json::Value;

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The platform is documented to refuse it.
    Blocks,
    /// Known to be refused or re-categorised often, or sure to hurt the quality.
    Warns,
    /// Makes a better message.
    Advises,
}

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $name:ident = $id:literal, $severity:ident;)+) => {
        /// A rule of the linter. Ids are stable: pipelines may name them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule { $($(#[doc = $doc])+ $name,)+ }

        impl Rule {
            /// All rules, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// Its stable name.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)+ }
            }

            /// How grave a breach is.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)+ }
            }
        }
    };
}

rules! {
    /// The file is no template at all.
    NotATemplate = "not-a-template", Blocks;
    /// The name is missing, longer than 512 or has other characters than a–z, 0–9 and `_` (templates.md §1.2).
    Name = "name", Blocks;
    /// No language is given.
    LanguageMissing = "language-missing", Blocks;
    /// A language code that is not among the documented ones (§15); Meta may know more.
    LanguageUnknown = "language-unknown", Warns;
    /// The text is in another language than the template says.
    LanguageMismatch = "language-mismatch", Warns;
    /// Neither marketing, utility nor authentication (§5).
    CategoryUnknown = "category-unknown", Blocks;
    /// `parameter_format` is neither `POSITIONAL` nor `NAMED` (§2).
    ParameterFormat = "parameter-format", Blocks;
    /// The validity is outside what the category allows (messages.md §10).
    Ttl = "ttl", Blocks;
    /// A component that the documentation does not name.
    ComponentUnknown = "component-unknown", Warns;
    /// Two components of one kind.
    ComponentTwice = "component-twice", Blocks;
    /// There is no body, or it is empty (§3).
    BodyMissing = "body-missing", Blocks;
    /// A text is longer than its place allows (§3, 2388040).
    TooLong = "too-long", Blocks;
    /// A header or footer that holds nothing, or a header of an unknown kind.
    PartEmpty = "part-empty", Blocks;
    /// Line breaks or formatting marks in a header (§3, 2388047).
    HeaderFormat = "header-format", Blocks;
    /// Emoji in a header (2388047; the list is not confirmed).
    HeaderEmoji = "header-emoji", Warns;
    /// Tabs, more than two line breaks or more than four spaces in a row in the body (2388072).
    BodySpacing = "body-spacing", Blocks;
    /// Line breaks in the footer (2388073).
    FooterFormat = "footer-format", Blocks;
    /// Braces that do not close, or stand alone (§12).
    VariableBraces = "variable-braces", Blocks;
    /// A variable's name with other characters than the format allows (§2, §12).
    VariableName = "variable-name", Blocks;
    /// Positional variables that are not 1, 2, 3 … (§2).
    VariableOrder = "variable-order", Blocks;
    /// Named variables in a positional template, or the other way round.
    VariableStyle = "variable-style", Blocks;
    /// A named variable that stands twice.
    VariableTwice = "variable-twice", Blocks;
    /// More variables than the place may have.
    VariableCount = "variable-count", Blocks;
    /// A variable where none may stand.
    VariablePlace = "variable-place", Blocks;
    /// The body starts or ends with a variable (2388299).
    VariableAtEdge = "variable-at-edge", Blocks;
    /// Two variables with nothing but space between them.
    VariableAdjacent = "variable-adjacent", Warns;
    /// Too few words for that many variables (2388293; the ratio is not published).
    VariableDensity = "variable-density", Warns;
    /// A variable or a medium has no sample (§2, §12).
    SampleMissing = "sample-missing", Blocks;
    /// More samples than variables.
    SampleSurplus = "sample-surplus", Blocks;
    /// A sample that shows nothing: `test`, `xxx`, the variable itself.
    SampleEmpty = "sample-empty", Warns;
    /// A sample that does not look like what its variable's name says.
    SampleUnlike = "sample-unlike", Warns;
    /// A sample holds a full phone number, card number or address of a person.
    SamplePersonal = "sample-personal", Advises;
    /// More buttons than allowed, in all or of a kind (§3).
    ButtonCount = "button-count", Blocks;
    /// A kind of button that does not go with the category.
    ButtonKind = "button-kind", Blocks;
    /// A kind of button that the documentation does not name.
    ButtonUnknown = "button-unknown", Warns;
    /// Quick replies that do not stand together (§3).
    ButtonGroups = "button-groups", Blocks;
    /// A button without a label, or with one that is too long.
    ButtonLabel = "button-label", Blocks;
    /// Two buttons with the same label.
    ButtonTwins = "button-twins", Warns;
    /// A web address that is missing, too long, not http(s), or has its variable elsewhere than at the end (§3).
    ButtonUrl = "button-url", Blocks;
    /// `http` instead of `https`.
    ButtonUrlPlain = "button-url-plain", Warns;
    /// A phone number button without a number that can be called.
    ButtonPhone = "button-phone", Blocks;
    /// A coupon that is missing, too long or has other characters than letters and digits (§3).
    CouponCode = "coupon-code", Blocks;
    /// A coupon of 16 to 20 characters: newly allowed, older pages say 15 (§3).
    CouponLong = "coupon-long", Warns;
    /// A form button that does not name exactly one form (§3).
    ButtonFlow = "button-flow", Blocks;
    /// Four or more buttons, or quick replies with others: not shown on WhatsApp for desktop (§3).
    HiddenOnDesktop = "hidden-on-desktop", Advises;
    /// More than three buttons: only two are seen at first (§3).
    ButtonsFolded = "buttons-folded", Advises;
    /// A limited-time offer that breaks its own rules (§4).
    Offer = "limited-time-offer", Blocks;
    /// A carousel that breaks its own rules (§4).
    Carousel = "carousel", Blocks;
    /// A product message that breaks its own rules (§4).
    Product = "product", Blocks;
    /// Something that marketing alone may have.
    MarketingOnly = "marketing-only", Blocks;
    /// An authentication template with a text, header or button of its own (§6).
    AuthenticationShape = "authentication-shape", Blocks;
    /// A one-time code outside authentication (§5).
    OneTimeCode = "one-time-code", Blocks;
    /// Promotion in a utility template: Meta makes it marketing (§5).
    UtilityPromotes = "utility-promotes", Warns;
    /// Nothing in a utility template says what the person did or asked for (§5).
    UtilityVague = "utility-vague", Warns;
    /// Nothing but a variable or a greeting: unclear content counts as marketing (§5).
    Unclear = "unclear", Warns;
    /// A marketing template that reads like utility, which costs less.
    MarketingCouldBeUtility = "marketing-could-be-utility", Advises;
    /// Asks for a full card, account or identity number (§12).
    AsksForSecrets = "asks-for-secrets", Blocks;
    /// Words of threats or fraud (§12).
    Abusive = "abusive", Blocks;
    /// Marketing without a way out.
    NoWayOut = "no-way-out", Warns;
    /// A link shortener (§12).
    LinkShortener = "link-shortener", Warns;
    /// A `wa.me` link in a button or text (§12).
    LinkToChat = "link-to-chat", Warns;
    /// A web address in the text instead of a button.
    LinkInText = "link-in-text", Advises;
    /// Words in capitals.
    Shouting = "shouting", Warns;
    /// Rows of exclamation or question marks.
    Punctuation = "punctuation", Warns;
    /// Many emoji.
    Emoji = "emoji", Warns;
    /// Characters that nobody sees, or that turn the direction of writing.
    HiddenCharacters = "hidden-characters", Blocks;
    /// Letters of two scripts within a word.
    MixedScripts = "mixed-scripts", Warns;
    /// Formatting marks that do not close, shown as they are.
    Formatting = "formatting", Warns;
    /// A word that stands twice in a row.
    WordTwice = "word-twice", Advises;
    /// The same body and footer as another template (§12).
    Duplicate = "duplicate", Blocks;
    /// Nearly the same body and footer as another template.
    NearDuplicate = "near-duplicate", Warns;
}

impl Serialize for Rule {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

/// One thing that the linter says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// The rule that is broken.
    pub rule: Rule,
    /// Where, as a path into the template: `body`, `buttons[1].url`, `cards[0].header`; empty for the whole.
    pub place: String,
    /// What is wrong and what to do, in a sentence or two.
    pub message: String,
    /// The repair as JSON Patch (RFC 6902) over the draft, where it needs no decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<Patch>,
}

impl Finding {
    /// How grave it is.
    pub const fn severity(&self) -> Severity {
        self.rule.severity()
    }
}

/// The draft with the fixes of these findings applied, as far as they still fit one after the other.
pub fn apply(draft: &Value, findings: &[Finding]) -> Value {
    let mut fixed = draft.clone();
    for patch in findings.iter().filter_map(|finding| finding.fix.as_ref()) {
        let mut next = fixed.clone();
        if json_patch::patch(&mut next, patch).is_ok() {
            fixed = next;
        }
    }
    fixed
}

/// What was found so far.
#[derive(Debug, Default)]
pub(crate) struct Findings(Vec<Finding>);

impl Findings {
    pub(crate) fn add(&mut self, rule: Rule, place: impl Into<String>, message: impl Into<String>) {
        self.0.push(Finding { rule, place: place.into(), message: message.into(), fix: None });
    }

    /// With a text that can stand instead, at this pointer of the draft.
    pub(crate) fn add_replacing(
        &mut self,
        rule: Rule,
        place: impl Into<String>,
        message: impl Into<String>,
        pointer: &str,
        text: &str,
    ) {
        let operation = PointerBuf::parse(pointer.to_owned())
            .ok()
            .map(|path| PatchOperation::Replace(ReplaceOperation { path, value: Value::String(text.to_owned()) }));
        let fix = operation.map(|operation| Patch(vec![operation]));
        self.0.push(Finding { rule, place: place.into(), message: message.into(), fix });
    }

    /// With something that can be added at this pointer of the draft.
    pub(crate) fn add_adding(
        &mut self,
        rule: Rule,
        place: impl Into<String>,
        message: impl Into<String>,
        pointer: &str,
        value: Value,
    ) {
        let operation =
            PointerBuf::parse(pointer.to_owned()).ok().map(|path| PatchOperation::Add(AddOperation { path, value }));
        let fix = operation.map(|operation| Patch(vec![operation]));
        self.0.push(Finding { rule, place: place.into(), message: message.into(), fix });
    }

    pub(crate) fn has(&self, rule: Rule) -> bool {
        self.0.iter().any(|finding| finding.rule == rule)
    }

    pub(crate) fn sorted(mut self) -> Vec<Finding> {
        self.0.sort_by_key(Finding::severity);
        self.0
    }
}
