//! The phrases, by language. As people write them; [`super::read`] folds both sides. A leading `=` means that the
//! accents matter.
//!
//! Left out on purpose because they are everyday answers elsewhere: Swahili *acha* ("okay" in Hindi), Spanish
//! *para* ("for"), Vietnamese *dung* without accents ("right").

use super::Meaning::{self, Perhaps, Start, Stop, StopAfterMarketing};

/// Language, meaning, phrases.
#[rustfmt::skip]
pub(super) const PHRASES: &[(&str, Meaning, &[&str])] = &[
    (
        "en",
        Stop,
        &[
            "stop", "stopp", "stop all", "stopall", "unsubscribe", "unsubscribe me", "unsub", "opt out", "optout",
            "opt me out", "revoke", "stop messages", "stop messaging", "stop messaging me", "stop texting me",
            "stop texting", "stop contacting me", "stop sending", "stop sending me messages", "stop sending messages",
            "stop sending me this", "stop sending me these messages", "stop sending these messages",
            "stop these messages", "stop this", "stop spamming me", "stop spam", "stop promotions", "stop promos",
            "stop marketing", "stop ads", "stop offers", "remove me", "remove me from your list",
            "remove me from this list", "remove me from the list", "remove my number", "delete my number",
            "take me off your list", "take me off this list", "take me off the list", "dont message me",
            "do not message me", "dont text me", "do not text me", "dont contact me", "do not contact me",
            "dont message me again", "do not message me again", "dont contact me again", "no more messages",
            "i want to unsubscribe", "i want to opt out", "i want to stop", "i would like to unsubscribe",
            "id like to unsubscribe", "stop now", "stop it",
        ],
    ),
    ("en", StopAfterMarketing, &["cancel", "end", "quit", "remove", "out", "cancel subscription", "no more"]),
    ("en", Perhaps, &["leave me alone", "go away", "who gave you my number", "how do i unsubscribe", "enough"]),
    (
        "en",
        Start,
        &["start", "unstop", "subscribe", "subscribe me", "resubscribe", "opt in", "optin", "opt me in", "start again"],
    ),
    (
        "es",
        Stop,
        &[
            "baja", "darme de baja", "dar de baja", "dame de baja", "quiero darme de baja", "deme de baja", "pare",
            "parar", "detener", "desuscribir", "desuscribirme", "cancelar suscripción", "cancelar mi suscripción",
            "no enviar más mensajes", "no me envíen más mensajes", "no me envíe más mensajes", "no me escriban más",
            "no quiero más mensajes", "no quiero recibir más mensajes", "eliminarme de la lista",
            "eliminenme de la lista", "no más mensajes", "dejen de escribirme",
        ],
    ),
    ("es", StopAfterMarketing, &["cancelar", "salir", "fin", "alto", "terminar"]),
    ("es", Perhaps, &["déjenme en paz", "déjame en paz", "basta", "no molestar", "ya no me molesten"]),
    ("es", Start, &["alta", "suscribirme", "suscribir", "darme de alta", "reactivar suscripción"]),
    (
        "pt",
        Stop,
        &[
            "sair", "descadastrar", "descadastre me", "cancelar inscrição", "cancelar assinatura", "pare de enviar",
            "pare de me enviar mensagens", "pare de mandar mensagens", "não quero receber mensagens",
            "não quero mais receber mensagens", "não me mande mais mensagens", "não me envie mais mensagens",
            "remover da lista", "me remova da lista", "me tire da lista", "quero sair da lista", "chega de mensagens",
        ],
    ),
    ("pt", StopAfterMarketing, &["fim", "encerrar"]),
    ("pt", Perhaps, &["me deixa em paz", "me deixe em paz", "chega"]),
    ("pt", Start, &["inscrever", "quero receber", "cadastrar novamente"]),
    (
        "fr",
        Stop,
        &[
            "arrêt", "arrêter", "arrêtez", "stop pub", "stop sms", "désabonner", "désabonnement", "me désabonner",
            "désabonnez moi", "désinscription", "désinscrire", "me désinscrire", "désinscrivez moi",
            "ne plus recevoir", "je ne veux plus recevoir de messages", "ne m'écrivez plus", "ne me contactez plus",
            "retirez moi de la liste", "retirez moi de votre liste", "plus de messages", "arrêtez de m'écrire",
        ],
    ),
    ("fr", StopAfterMarketing, &["annuler", "fin", "résilier"]),
    ("fr", Perhaps, &["laissez moi tranquille", "fichez moi la paix", "ça suffit", "assez"]),
    ("fr", Start, &["abonner", "m'abonner", "abonnez moi", "réabonner", "reprendre l'abonnement"]),
    (
        "de",
        Stop,
        &[
            "stoppen", "abmelden", "abmeldung", "abbestellen", "austragen", "bitte abmelden", "melden sie mich ab",
            "meld mich ab", "tragen sie mich aus", "keine nachrichten mehr", "keine nachrichten", "keine werbung",
            "keine werbung mehr", "ich möchte keine nachrichten mehr", "schreiben sie mir nicht mehr",
            "nicht mehr schreiben", "newsletter abbestellen", "löschen sie meine nummer", "widerruf",
            "ich widerrufe meine einwilligung",
        ],
    ),
    ("de", StopAfterMarketing, &["ende", "abbrechen", "kündigen", "raus"]),
    ("de", Perhaps, &["lassen sie mich in ruhe", "lasst mich in ruhe", "es reicht", "genug"]),
    ("de", Start, &["anmelden", "wieder anmelden", "abonnieren"]),
    (
        "it",
        Stop,
        &[
            "disiscrivimi", "disiscriviti", "disiscrizione", "cancellami", "cancellatemi", "rimuovimi", "rimuovetemi",
            "ferma", "fermare", "non inviare più messaggi", "non scrivetemi più", "non voglio più messaggi",
            "non voglio ricevere messaggi", "cancella iscrizione", "annulla iscrizione", "revoca",
        ],
    ),
    ("it", StopAfterMarketing, &["annulla", "fine", "esci"]),
    ("it", Perhaps, &["basta messaggi", "lasciatemi in pace", "lasciami in pace"]),
    ("it", Start, &["iscrivimi", "iscriviti", "iscrivetemi"]),
    (
        "nl",
        Stop,
        &[
            "afmelden", "uitschrijven", "meld mij af", "meld me af", "schrijf mij uit", "schrijf me uit", "stop ermee",
            "geen berichten meer", "geen reclame meer", "stuur geen berichten meer", "verwijder mijn nummer",
        ],
    ),
    ("nl", StopAfterMarketing, &["annuleren", "einde", "opzeggen"]),
    ("nl", Perhaps, &["laat me met rust", "genoeg"]),
    ("nl", Start, &["aanmelden", "inschrijven"]),
    (
        "sv",
        Stop,
        &["stoppa", "avregistrera", "avregistrera mig", "avanmäl", "avanmäl mig", "inga fler meddelanden", "sluta skicka"],
    ),
    ("sv", StopAfterMarketing, &["avsluta", "avbryt", "slut"]),
    ("sv", Start, &["anmäl mig", "prenumerera"]),
    ("da", Stop, &["afmeld", "afmeld mig", "frameld", "ikke flere beskeder", "framelding"]),
    ("da", StopAfterMarketing, &["annuller", "slet"]),
    ("da", Start, &["tilmeld", "tilmeld mig"]),
    ("no", Stop, &["meld meg av", "avmeld", "avmelding", "ingen flere meldinger", "avslutt abonnement"]),
    ("no", StopAfterMarketing, &["avslutt"]),
    ("no", Start, &["meld meg på", "påmelding"]),
    (
        "fi",
        Stop,
        &["lopeta", "lopettakaa", "peruuta tilaus", "peru tilaus", "poista minut listalta", "ei enää viestejä", "en halua viestejä"],
    ),
    ("fi", StopAfterMarketing, &["peruuta", "peru"]),
    ("fi", Start, &["tilaa", "liity"]),
    (
        "pl",
        Stop,
        &[
            "wypisz", "wypisz mnie", "wypisuję się", "rezygnuję", "rezygnacja", "zatrzymaj", "nie pisz do mnie",
            "nie piszcie do mnie", "nie wysyłaj więcej", "nie chcę wiadomości", "usuń mój numer", "anuluj subskrypcję",
        ],
    ),
    ("pl", StopAfterMarketing, &["anuluj", "koniec"]),
    ("pl", Perhaps, &["dajcie mi spokój", "daj mi spokój", "dość"]),
    ("pl", Start, &["zapisz mnie", "subskrybuj"]),
    ("cs", Stop, &["odhlásit", "odhlaste mě", "odhlásit odběr", "nepište mi", "už mi nepište", "nechci zprávy", "zastavit"]),
    ("cs", StopAfterMarketing, &["zrušit", "konec"]),
    ("cs", Start, &["přihlásit odběr", "odebírat"]),
    ("sk", Stop, &["odhlásiť", "odhláste ma", "odhlásiť odber", "nepíšte mi", "už mi nepíšte", "nechcem správy", "zastaviť"]),
    ("sk", StopAfterMarketing, &["zrušiť", "koniec"]),
    ("hu", Stop, &["leiratkozás", "leiratkozom", "leiratkozni", "állj", "ne írjanak többet", "nem kérek több üzenetet"]),
    ("hu", StopAfterMarketing, &["mégse", "törlés", "vége"]),
    ("hu", Start, &["feliratkozás", "feliratkozom"]),
    ("ro", Stop, &["dezabonare", "dezabonează mă", "dezabonați mă", "oprire", "nu mai vreau mesaje", "opriți mesajele"]),
    ("ro", StopAfterMarketing, &["anulare", "anulează", "gata"]),
    ("ro", Start, &["abonare", "abonează mă"]),
    ("bg", Stop, &["стоп", "отпиши ме", "отпишете ме", "отписване", "спри", "спрете", "не ми пишете повече"]),
    ("bg", StopAfterMarketing, &["отказ", "край"]),
    ("el", Stop, &["στοπ", "διαγραφή", "απεγγραφή", "διαγράψτε με", "σταματήστε", "σταμάτα", "όχι άλλα μηνύματα"]),
    ("el", StopAfterMarketing, &["ακύρωση", "τέλος"]),
    ("el", Start, &["εγγραφή"]),
    ("tr", Stop, &["durdur", "abonelikten çık", "aboneliği iptal et", "listeden çık", "beni listeden çıkarın", "mesaj atmayın", "mesaj göndermeyin"]),
    ("tr", StopAfterMarketing, &["iptal", "ret", "dur", "çık"]),
    ("tr", Start, &["başlat", "abone ol"]),
    (
        "ru",
        Stop,
        &[
            "стоп", "отписаться", "отписка", "отпишите меня", "отпиши меня", "отписать", "хватит писать",
            "не пишите мне", "не пишите мне больше", "больше не пишите", "прекратите рассылку", "удалите мой номер",
            "не присылайте сообщения", "остановить рассылку",
        ],
    ),
    ("ru", StopAfterMarketing, &["отмена", "конец", "выход"]),
    ("ru", Perhaps, &["отстаньте", "оставьте меня в покое", "хватит", "надоели"]),
    ("ru", Start, &["старт", "подписаться", "подпишите меня"]),
    ("uk", Stop, &["відписатися", "відписатись", "відписка", "відпишіть мене", "не пишіть мені", "більше не пишіть", "зупинити"]),
    ("uk", StopAfterMarketing, &["скасувати", "відміна", "кінець"]),
    ("uk", Start, &["підписатися", "підписатись"]),
    ("sr", Stop, &["odjava", "odjavi me", "odjavite me", "prestani", "prestanite", "ne želim poruke", "одјава", "одјави ме"]),
    ("sr", Start, &["prijava", "prijavi me"]),
    ("ca", Stop, &["baixa", "donar de baixa", "doneu-me de baixa", "atura", "atureu"]),
    ("lt", Stop, &["atsisakyti", "atsisakau", "nebesiųskite žinučių"]),
    ("lv", Stop, &["atteikties", "apturēt", "atrakstīties"]),
    ("et", Stop, &["lõpeta", "loobu", "loobun"]),
    (
        "ar",
        Stop,
        &[
            "توقف", "توقفوا", "قف", "إيقاف", "ايقاف", "أوقف", "أوقفوا الرسائل", "إلغاء الاشتراك", "الغ الاشتراك",
            "لا ترسلوا لي رسائل", "لا أريد رسائل", "احذفوا رقمي", "ستوب",
        ],
    ),
    ("ar", StopAfterMarketing, &["إلغاء", "خروج", "انهاء"]),
    ("ar", Perhaps, &["اتركوني وشأني", "كفى"]),
    ("ar", Start, &["اشتراك", "ابدأ", "اشترك"]),
    ("he", Stop, &["הסר", "הסרה", "הסירו אותי", "תסירו אותי", "להסיר", "עצור", "סטופ", "תפסיקו לשלוח", "להסרה"]),
    ("he", StopAfterMarketing, &["ביטול", "בטל"]),
    ("he", Perhaps, &["תעזבו אותי", "די"]),
    ("he", Start, &["הצטרף", "הרשמה"]),
    ("fa", Stop, &["لغو اشتراک", "توقف", "پیام ندهید", "دیگر پیام نفرستید"]),
    ("fa", StopAfterMarketing, &["لغو"]),
    ("ur", Stop, &["بند کرو", "بند کریں", "میسج مت بھیجو", "پیغام مت بھیجیں"]),
    (
        "hi",
        Stop,
        &["रोकें", "बंद करो", "बंद करें", "मैसेज बंद करो", "मैसेज मत भेजो", "संदेश मत भेजें", "स्टॉप", "band karo", "band kare", "message mat bhejo", "msg mat bhejo", "message band karo"],
    ),
    ("hi", StopAfterMarketing, &["रुको", "रद्द करें", "ruko"]),
    ("hi", Start, &["शुरू करें", "शुरू करो"]),
    ("mr", Stop, &["थांबवा", "बंद करा", "मेसेज पाठवू नका"]),
    ("bn", Stop, &["বন্ধ করুন", "বন্ধ করো", "বন্ধ", "মেসেজ পাঠাবেন না"]),
    ("ta", Stop, &["நிறுத்து", "நிறுத்தவும்", "நிறுத்துங்கள்"]),
    ("te", Stop, &["ఆపు", "ఆపండి", "మెసేజ్‌లు ఆపండి"]),
    ("gu", Stop, &["બંધ કરો", "મેસેજ ન મોકલો"]),
    ("kn", Stop, &["ನಿಲ್ಲಿಸಿ", "ನಿಲ್ಲಿಸು"]),
    ("ml", Stop, &["നിർത്തുക", "നിർത്തൂ"]),
    ("pa", Stop, &["ਬੰਦ ਕਰੋ"]),
    (
        "id",
        Stop,
        &["berhenti", "berhenti berlangganan", "hentikan", "jangan kirim pesan", "jangan kirim pesan lagi", "jangan hubungi saya", "hapus nomor saya"],
    ),
    ("id", StopAfterMarketing, &["batal", "keluar"]),
    ("id", Start, &["mulai", "berlangganan"]),
    ("ms", Stop, &["henti", "hentikan mesej", "jangan hantar mesej", "jangan hantar lagi"]),
    ("th", Stop, &["หยุด", "หยุดส่ง", "หยุดส่งข้อความ", "ยกเลิกการสมัคร", "ไม่ต้องส่งมาอีก", "เลิกรับข่าวสาร"]),
    ("th", StopAfterMarketing, &["ยกเลิก"]),
    ("th", Start, &["สมัคร", "เริ่ม"]),
    ("vi", Stop, &["=dừng", "=dừng lại", "hủy đăng ký", "ngừng gửi tin", "ngừng nhắn tin", "đừng nhắn tin nữa", "=ngừng"]),
    ("vi", StopAfterMarketing, &["=hủy", "=huỷ"]),
    ("vi", Start, &["đăng ký"]),
    ("zh", Stop, &["退订", "退訂", "停止", "取消订阅", "取消訂閱", "停止发送", "停止發送", "不要再发", "不要再發", "别再发了", "不要再发消息"]),
    ("zh", StopAfterMarketing, &["取消", "td", "t"]),
    ("zh", Start, &["订阅", "訂閱", "开始"]),
    ("ja", Stop, &["配信停止", "停止", "解除", "配信解除", "登録解除", "送らないで", "もう送らないで", "ストップ"]),
    ("ja", StopAfterMarketing, &["退会", "キャンセル"]),
    ("ja", Start, &["配信開始", "登録", "スタート"]),
    ("ko", Stop, &["수신거부", "수신 거부", "그만", "중지", "그만 보내세요", "보내지 마세요", "스톱"]),
    ("ko", StopAfterMarketing, &["취소", "해지"]),
    ("ko", Start, &["수신동의", "시작"]),
    ("sw", Stop, &["acha kunitumia ujumbe", "acha kutuma", "simamisha", "jiondoe", "niondoe"]),
    ("tl", Stop, &["itigil", "tigil", "ihinto", "huwag na kayong magtext", "wag na kayo magtext", "tanggalin nyo ako"]),
    ("af", Stop, &["teken uit", "moenie meer boodskappe stuur nie"]),
];

/// Phrases that make a longer text a probable opt-out.
#[rustfmt::skip]
pub(super) const INSIDE: &[&str] = &[
    "unsubscribe", "opt out", "optout", "stop messaging me", "stop texting me", "stop contacting me",
    "stop sending me", "stop spamming", "leave me alone", "remove me from", "take me off", "do not contact me",
    "dont contact me", "dont message me", "do not message me", "dont text me", "do not text me", "no more messages",
    "delete my number", "remove my number", "delete my data", "report you", "this is spam", "darme de baja",
    "dar de baja", "no me escriban", "dejen de", "no quiero recibir", "no me envíen", "descadastrar",
    "não quero receber", "não quero mais receber", "pare de me enviar", "me tire da lista", "me remova",
    "désabonner", "désinscrire", "ne plus recevoir", "ne m'écrivez plus", "ne me contactez plus",
    "keine nachrichten mehr", "keine werbung", "nicht mehr schreiben", "abbestellen", "melden sie mich ab",
    "in ruhe lassen", "lassen sie mich in ruhe", "non scrivetemi", "disiscrivermi", "cancellarmi dalla lista",
    "uitschrijven", "geen berichten meer", "wypisać", "nie chcę wiadomości", "nie piszcie", "отписаться", "отпишите",
    "не пишите мне", "не присылайте", "відписатися", "не пишіть мені", "إلغاء الاشتراك", "لا ترسلوا", "תסירו אותי",
    "mesaj göndermeyin", "मत भेजो", "mat bhejo", "jangan kirim", "jangan hubungi", "取消订阅", "退订", "不要再发",
    "配信停止", "수신거부", "leiratkozni", "dezabona",
];

/// Words around a keyword that do not change it.
#[rustfmt::skip]
pub(super) const POLITE: &[&str] = &[
    "please", "pls", "plz", "plss", "kindly", "thanks", "thank you", "thank u", "thx", "ty", "tks", "hi", "hello",
    "hey", "dear", "sir", "madam", "team", "good morning", "good afternoon", "good evening", "good day", "ok", "okay",
    "just", "now", "regards", "cheers", "im sorry", "sorry", "por favor", "porfa", "gracias", "muchas gracias", "hola",
    "buenos días", "buenas tardes", "buenas", "obrigado", "obrigada", "olá", "oi", "bom dia", "boa tarde",
    "s'il vous plaît", "s'il te plaît", "svp", "stp", "merci", "merci beaucoup", "bonjour", "bonsoir", "salut",
    "bitte", "danke", "vielen dank", "danke schön", "hallo", "guten tag", "moin", "mfg", "per favore", "per piacere",
    "grazie", "grazie mille", "ciao", "buongiorno", "salve", "alstublieft", "alsjeblieft", "aub", "graag", "bedankt",
    "dank u", "dank je", "goedendag", "tack", "snälla", "hej", "takk", "vennligst", "tak", "venligst", "kiitos",
    "hei", "proszę", "dziękuję", "dzień dobry", "prosím", "děkuji", "ďakujem", "dobrý den", "dobrý deň", "kérem",
    "köszönöm", "jó napot", "vă rog", "mulțumesc", "bună ziua", "моля", "благодаря", "здравейте", "παρακαλώ",
    "ευχαριστώ", "γεια σας", "lütfen", "teşekkürler", "teşekkür ederim", "merhaba", "пожалуйста", "спасибо",
    "здравствуйте", "добрый день", "привет", "будь ласка", "дякую", "добрий день", "молим", "molim", "hvala",
    "من فضلك", "من فضلكم", "لو سمحت", "لو سمحتم", "رجاء", "شكرا", "السلام عليكم", "مرحبا", "בבקשה", "תודה", "שלום",
    "لطفا", "ممنون", "سلام", "براہ کرم", "شکریہ", "कृपया", "धन्यवाद", "शुक्रिया", "नमस्ते", "please ji", "bhai",
    "দয়া করে", "ধন্যবাদ", "தயவுசெய்து", "நன்றி", "దయచేసి", "ధన్యవాదాలు", "tolong", "mohon", "terima kasih",
    "makasih", "halo", "selamat pagi", "sila", "vui lòng", "làm ơn", "cảm ơn", "xin chào", "asante", "tafadhali",
    "salamat", "po", "paki", "asseblief", "dankie",
];

/// The same for scripts that do not separate words.
#[rustfmt::skip]
pub(super) const POLITE_GLUED: &[&str] = &[
    "请", "請", "谢谢", "謝謝", "你好", "您好", "お願いします", "おねがいします", "してください", "ください", "して", "です",
    "ありがとうございます", "감사합니다", "부탁드립니다", "부탁해요", "해주세요", "해 주세요", "안녕하세요", "กรุณา", "ขอบคุณ",
    "ครับ", "ค่ะ", "คะ", "ด้วย",
];

/// Words close to which a slip is suspected.
#[rustfmt::skip]
pub(super) const TYPO_TARGETS: &[&str] = &[
    "stop", "unsubscribe", "stopall", "optout", "abmelden", "abbestellen", "uitschrijven", "afmelden", "desuscribir",
    "descadastrar", "desabonner", "disiscrivimi", "berhenti", "hentikan", "отписаться", "відписатися",
];

/// Everyday words that are one slip away from one of them.
#[rustfmt::skip]
pub(super) const NOT_TYPOS: &[&str] =
    &["shop", "step", "slop", "stow", "atop", "stoop", "strop", "swop", "stok", "stof", "stod", "anmelden", "aanmelden", "subscribe", "snop", "topp"];
