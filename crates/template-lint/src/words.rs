//! Words that give a text away, by what they mean. As people write them; both sides are folded. `#` stands for a number.
//!
//! The lists hold for English, Spanish, Portuguese, French, German, Italian and Dutch, and a few words each of others. They
//! are a judgement, so that most of what hangs on them warns; only what is unmistakable blocks.

use std::sync::LazyLock;

use switchboard_domain::text_fold::fold;

/// Phrases, folded into words once.
pub(crate) type Phrases = LazyLock<Vec<(&'static str, Vec<String>)>>;

fn phrases(list: &'static [&'static str]) -> Vec<(&'static str, Vec<String>)> {
    let words = |phrase: &str| {
        phrase
            .split(' ')
            .map(|word| if word == "#" { word.to_owned() } else { fold(word) })
            .filter(|w| !w.is_empty())
            .collect()
    };
    list.iter().map(|phrase| (*phrase, words(phrase))).collect()
}

/// The first phrase that stands in the folded text, as whole words where the script has words.
pub(crate) fn contains(folded: &str, list: &Phrases) -> Option<&'static str> {
    let words: Vec<&str> = folded.split(' ').collect();
    let fits = |want: &str, is: &str| {
        if want == "#" { is.bytes().all(|b| b.is_ascii_digit()) && !is.is_empty() } else { want == is }
    };
    list.iter()
        .find(|(_, phrase)| {
            let glued = phrase
                .iter()
                .any(|word| word.chars().any(|c| matches!(c, '\u{e00}'..='\u{e7f}' | '\u{3040}'..='\u{9fff}')));
            if glued {
                return folded.contains(&phrase.join(" "));
            }
            words.windows(phrase.len()).any(|some| phrase.iter().zip(some).all(|(want, is)| fits(want, is)))
        })
        .map(|(phrase, _)| *phrase)
}

/// Promotion: makes utility marketing.
#[rustfmt::skip]
pub(crate) static PROMOTION: Phrases = LazyLock::new(|| phrases(&[
    "# off", "discount", "discounts", "sale", "on sale", "special offer", "exclusive offer", "limited offer", "promo", "promo code",
    "promotion", "promotions", "coupon", "voucher", "limited time", "buy now", "shop now", "order now", "free gift", "free shipping",
    "best price", "best deals", "great deals", "deal of", "black friday", "cyber monday", "new collection", "new arrivals",
    "check out our", "discover our", "dont miss", "last chance", "while stocks last", "loyalty points", "earn points", "refer a friend",
    "bonus", "cashback", "save #", "save up to", "clearance", "congratulations", "you may also like", "upgrade today", "special price",
    "descuento", "descuentos", "rebaja", "rebajas", "oferta", "ofertas", "promoción", "promociones", "cupón", "compra ahora",
    "aprovecha", "no te lo pierdas", "envío gratis", "nueva colección", "felicidades",
    "desconto", "descontos", "oferta especial", "promoção", "promoções", "cupom", "compre agora", "aproveite", "frete grátis",
    "não perca", "nova coleção", "parabéns",
    "remise", "remises", "soldes", "solde", "rabais", "réduction", "offre spéciale", "offre exclusive", "code promo", "profitez",
    "livraison gratuite", "nouvelle collection", "ne manquez pas", "félicitations",
    "rabatt", "rabatte", "sonderangebot", "angebot", "angebote", "gutschein", "gutscheincode", "schlussverkauf", "jetzt kaufen",
    "jetzt bestellen", "nur heute", "versandkostenfrei", "neue kollektion", "nicht verpassen", "aktion", "schnäppchen",
    "sconto", "sconti", "saldi", "offerta", "offerte", "promozione", "buono sconto", "acquista ora", "approfitta",
    "spedizione gratuita", "nuova collezione", "non perdere",
    "korting", "aanbieding", "aanbiedingen", "uitverkoop", "kortingscode", "koop nu", "bestel nu", "gratis verzending",
    "nieuwe collectie", "mis het niet",
    "promocja", "rabatu", "zniżka", "zniżki", "wyprzedaż", "indirim", "kampanya", "fırsat", "скидка", "скидки", "акция", "распродажа",
    "промокод", "знижка", "знижки", "خصم", "تخفيضات", "عرض خاص", "छूट", "ऑफ़र", "diskon", "promosi", "gratis ongkir", "khuyến mãi",
    "giảm giá", "ส่วนลด", "โปรโมชั่น", "优惠", "折扣", "促销", "割引", "セール", "할인", "세일",
]));

/// About something that the person did or asked for.
#[rustfmt::skip]
pub(crate) static TRANSACTION: Phrases = LazyLock::new(|| phrases(&[
    "your order", "order number", "order no", "order", "your booking", "booking", "reservation", "appointment", "your delivery",
    "delivery", "delivered", "shipped", "shipment", "parcel", "package", "tracking", "invoice", "receipt", "payment", "paid", "refund",
    "refunded", "your account", "account", "subscription", "your request", "request", "ticket", "case number", "your return", "return",
    "renewal", "due date", "is due", "statement", "your table", "your visit", "check in", "flight", "boarding", "pick up", "pickup",
    "ready for collection", "rescheduled", "cancelled", "canceled", "password", "your contract", "prescription", "test results",
    "your form", "your message", "your question", "your enquiry", "your inquiry", "your feedback", "your purchase", "your claim",
    "your policy", "service interruption", "outage", "maintenance", "recall", "safety notice", "your seat", "your course",
    "your class", "your repair", "your quote", "your documents", "registration", "your vehicle", "your car", "your loan", "balance",
    "pedido", "su pedido", "tu pedido", "reserva", "cita", "entrega", "envío", "paquete", "factura", "pago", "reembolso", "cuenta",
    "solicitud", "devolución", "encomenda", "agendamento", "consulta", "fatura", "pagamento", "conta", "solicitação", "devolução",
    "commande", "réservation", "rendez vous", "livraison", "colis", "facture", "paiement", "remboursement", "compte", "demande", "retour",
    "bestellung", "buchung", "termin", "lieferung", "paket", "sendung", "rechnung", "zahlung", "erstattung", "konto", "anfrage",
    "rücksendung", "reservierung", "vertrag", "ordine", "prenotazione", "appuntamento", "consegna", "pacco", "fattura", "pagamento",
    "rimborso", "richiesta", "reso", "bestelling", "reservering", "afspraak", "levering", "pakket", "factuur", "betaling",
    "terugbetaling", "aanvraag", "retour", "zamówienie", "zamówienia", "rezerwacja", "przesyłka", "faktura", "płatność", "sipariş",
    "siparişiniz", "randevu", "fatura", "kargo", "заказ", "заказа", "заказу", "бронирование", "доставка", "оплата", "замовлення",
    "طلبك", "طلبكم", "موعدك", "موعدكم", "ऑर्डर", "अपॉइंटमेंट", "pesanan", "pengiriman", "đơn hàng", "คำสั่งซื้อ", "订单", "訂單",
    "ご注文", "予約", "주문", "예약",
]));

/// One-time codes: authentication alone.
#[rustfmt::skip]
pub(crate) static CODE: Phrases = LazyLock::new(|| phrases(&[
    "verification code", "one time code", "one time password", "one time passcode", "security code", "login code", "otp",
    "passcode is", "authentication code", "do not share this code", "código de verificación", "código de seguridad",
    "código de verificação", "código de segurança", "code de vérification", "code de sécurité", "bestätigungscode",
    "sicherheitscode", "verifizierungscode", "einmalcode", "einmalpasswort", "codice di verifica", "codice di sicurezza",
    "verificatiecode", "kod weryfikacyjny", "doğrulama kodu", "код подтверждения", "رمز التحقق", "kode verifikasi", "验证码",
    "認証コード", "인증번호",
]));

/// Asking for what must not travel in a chat.
#[rustfmt::skip]
pub(crate) static SECRETS: Phrases = LazyLock::new(|| phrases(&[
    "full card number", "your card number", "credit card number", "debit card number", "your cvv", "card pin", "your pin code",
    "send us your password", "reply with your password", "your password and", "bank login", "online banking password",
    "social insurance number", "social security number", "passport number", "national id number", "your bank account number",
    "número de tarjeta", "número completo de su tarjeta", "número do cartão", "número do seu cartão", "numéro de carte",
    "numéro de votre carte", "kartennummer", "kreditkartennummer", "personalausweisnummer", "numero di carta", "numero della carta",
    "kaartnummer", "burgerservicenummer", "номер карты",
]));

/// Threats and frauds that review knows.
#[rustfmt::skip]
pub(crate) static ABUSE: Phrases = LazyLock::new(|| phrases(&[
    "we will find you", "last warning or else", "or else we will", "you will regret", "legal action will be taken immediately",
    "you idiot", "idiot", "you have won", "youve won", "claim your prize", "wire the money", "send money to", "double your money",
    "crypto doubling", "guaranteed profit", "guaranteed returns", "has ganado un premio", "você ganhou um prêmio",
    "vous avez gagné un prix", "sie haben gewonnen", "hai vinto un premio", "inheritance fund",
]));

/// How a text offers to stop.
#[rustfmt::skip]
pub(crate) static WAYS_OUT: Phrases = LazyLock::new(|| phrases(&[
    "stop", "stop promotions", "unsubscribe", "opt out", "no more", "not interested", "no longer", "remove me", "baja", "darme de baja",
    "darse de baja", "cancelar suscripción", "sair", "parar", "descadastrar", "cancelar inscrição", "désabonner", "désinscrire",
    "arrêter", "abmelden", "abbestellen", "keine werbung", "disiscriviti", "cancellati", "annulla iscrizione", "afmelden",
    "uitschrijven", "avregistrera", "afmeld", "meld av", "lopeta", "wypisz", "rezygnuję", "odhlásit", "odhlásiť", "leiratkozás",
    "dezabonare", "отписаться", "стоп", "відписатися", "iptal", "abonelikten çık", "إلغاء الاشتراك", "توقف", "הסר", "रोकें", "बंद करें",
    "berhenti", "hủy đăng ký", "退订", "停止", "退訂", "配信停止", "수신거부", "ยกเลิก",
]));

/// Words that say nothing by themselves.
#[rustfmt::skip]
pub(crate) const GREETINGS: &[&str] = &[
    "hi", "hello", "hey", "dear", "hola", "ola", "oi", "bonjour", "salut", "hallo", "ciao", "hoi", "hej", "merhaba", "привет", "مرحبا",
    "thanks", "thank", "you", "regards", "the", "a", "and", "for", "congratulations", "gracias", "merci", "danke", "grazie",
];

/// Samples that show nothing.
#[rustfmt::skip]
pub(crate) const EMPTY_SAMPLES: &[&str] = &[
    "test", "sample", "example", "xxx", "xx", "abc", "asdf", "text", "variable", "value", "placeholder", "lorem", "lorem ipsum",
    "foo", "bar", "todo", "tbd", "na", "null", "string", "dummy", "prueba", "ejemplo", "exemple", "exemplo", "beispiel", "esempio",
    "voorbeeld",
];

/// Hosts that hide where a link leads.
#[rustfmt::skip]
pub(crate) const SHORTENERS: &[&str] = &[
    "bit.ly", "tinyurl.com", "goo.gl", "t.co", "ow.ly", "is.gd", "buff.ly", "rebrand.ly", "cutt.ly", "rb.gy", "shorturl.at", "t.ly",
    "tiny.cc", "lnkd.in", "s.id", "bl.ink", "soo.gd", "v.gd", "qr.ae", "adf.ly",
];

/// What a variable's name promises of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Number,
    Date,
    Link,
    Mail,
    Person,
}

impl Shape {
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Number => "a number or an amount",
            Self::Date => "a date or a time",
            Self::Link => "a link",
            Self::Mail => "an e-mail address",
            Self::Person => "a name",
        }
    }
}

/// Words within names of variables.
#[rustfmt::skip]
pub(crate) const NAME_SHAPES: &[(&str, Shape)] = &[
    ("amount", Shape::Number), ("price", Shape::Number), ("total", Shape::Number), ("quantity", Shape::Number), ("count", Shape::Number),
    ("percent", Shape::Number), ("number", Shape::Number), ("date", Shape::Date), ("time", Shape::Date), ("day", Shape::Date),
    ("deadline", Shape::Date), ("url", Shape::Link), ("link", Shape::Link), ("email", Shape::Mail), ("mail", Shape::Mail),
    ("name", Shape::Person), ("customer", Shape::Person),
];
