"""Phrases in many languages by which mail programs introduce quotes and sign mail."""

import re

_MAX_INTRO = 400

_QUOTE = re.compile(r"\s{0,8}[A-Za-z]{0,3}[>|](?!\S*@)")
_RULE = re.compile(r"\s*(?:_{5,}|-{3,}|—{3,}|─{3,}|(?:[-_] ){5,}[-_]?)\s*")
_SIGNATURE = re.compile(r"(?:--|__|—|––|- -) ?\u00a0?")
_DEVICE_WORDS = (
    r"i-?phone|i-?pad|i-?pod|android|blackberry|samsung|galaxy|huawei|xiaomi|redmi|nokia|htc|pixel|outlook|windows|"
    r"mailbox|airmail|yahoo|gmail|k-9|k9|thunderbird|protonmail|proton mail|fairemail|spark|mobile|phone|cell|tablet|"
    r"smartphone|handy|mobil\w*|telefon\w*|téléphone|teléfono|celular|телефон\w*|смартфон\w*|携帯|手机|手機|"
    r"e-?mail app|mail app|mail for"
)
_SENT = re.compile(
    r"(?:sent|envoyé|enviado|enviada|inviato|verzonden|verstuurd|gesendet|sendt|skickat|lähetetty|wysłan[eoy]|"
    r"odeslán[oa]|odoslané|trimis|küldve|отправлено|надіслано|надіслана|изпратено|gönderildi|dikirim)\s+"
    r"(?:from|via|with|using|by|de|depuis|à partir|mit|von|vom|aus|desde|con|do|da|dal|dallo|van|vanaf|met|"
    r"fra|från|med|z|ze|od|ode|din|с|из|з|із|від|от|dari|mijn|meu)\s",
    re.IGNORECASE,
)
_SENT_LAST = re.compile(
    rf"(?:(?:von|mit|vom|aus)\b.{{0,80}}(?:{_DEVICE_WORDS}).{{0,60}}\b(?:gesendet|verschickt|geschickt)|.{{0,60}}"
    rf"(?:{_DEVICE_WORDS}).{{0,60}}(?:gesendet|傳送|传送|发送|發送|發出|から送信|에서 보냄|gönderildi|"
    r"lähetetty|küldve))[.!]?",
    re.IGNORECASE,
)
_FROM_DEVICE = re.compile(rf"(?:\w+\s)?from\s+(?:my\s+|a\s+)?(?:{_DEVICE_WORDS})\b.{{0,20}}", re.IGNORECASE)
_GET_APP = re.compile(
    r"(?:get|télécharger|obtenir|holen sie sich|obtener|obtén|scarica|ottieni|download|hämta|få|pobierz)\s+outlook\b",
    re.IGNORECASE,
)

# What a mail quoted or sent on is called, between dashes or before a colon.
_ORIGINAL = (
    r"original\s?(?:message|e-?mail|mail|nachricht|appointment)|urspr(?:ü|ue)ngliche\s(?:nachricht|e-?mail|mail)|"
    r"originalnachricht|message\s(?:d'|d’)?origin(?:e|al)|mensa(?:je|gem)\soriginal|messaggio\soriginale|"
    r"oorspronkelijk\sbericht|origineel\sbericht|original\s?meddelande|ursprungligt\smeddelande|oprindelig\s(?:meddelelse|besked)|"
    r"opprinnelig\smelding|alkuperäinen\sviesti|(?:oryginalna\s)?wiadomość\s?(?:oryginalna)?|původní\s(?:zpráva|e-?mail)|"
    r"pôvodná\ssprává?|eredeti\süzenet|mesaj\soriginal|mesajul\soriginal|orijinal\s(?:mesaj|ileti)|"
    r"исходное\sсообщение|оригинальное\sсообщение|пересылаемое\sсообщение|(?:оригінал|вихідне)\w*\sповідомлення|"
    r"αρχικό\sμήνυμα|原始邮件|原始郵件|原件|元のメッセージ|원본\s?메시지|pesan\sasli|tin\snhắn\sgốc"
)
_FORWARDED = (
    r"(?:begin\s)?forwarded\s(?:message|e-?mail|by.{0,60})|(?:anfang\sder\s)?weitergeleitete[rn]?\s(?:nachricht|e-?mail|mail)|"
    r"(?:début\sdu\s)?message\s(?:transféré|réexpédié|transmis)|(?:inicio\sdel\s)?mensaje\sreenviado|"
    r"(?:início\sda\s)?mensagem\s(?:reencaminhada|encaminhada)|(?:inizio\s)?messaggio\sinoltrato|"
    r"(?:begin\s)?doorgestuurd\sbericht|vidarebefordrat\s(?:meddelande|brev)|videresendt\s(?:melding|besked|meddelelse)|"
    r"välitetty\sviesti|(?:wiadomość\s)?przekazana\swiadomość|přeposlaná\szpráva|továbbított\süzenet|"
    r"mesaj\sredirecționat|iletilen\s(?:mesaj|ileti)|перенаправленное\sсообщение|переслане\sповідомлення|"
    r"转发的?邮件|轉寄的?郵件|転送されたメッセージ|전달된\s?메시지"
)
_DIVIDER = re.compile(
    rf"\s*(?:[-_*=—–]{{2,}}\s*(?:{_ORIGINAL}|{_FORWARDED})\s*:?\s*[-_*=—–]{{2,}}|(?:{_FORWARDED})\s?:|(?:{_ORIGINAL})\s?:)\s*",
    re.IGNORECASE,
)
_DASHED_TITLE = re.compile(r"\s*-{4,}\s?[^\W\d_][^-@\n]{2,40}\s?-{4,}\s*")

_FROM_NAMES = (
    "from|von|de|da|di|van|fra|från|avsändare|lähettäjä|od|kimden|feladó|от|від|от кого|από|发件人|寄件者|寄件人|"
    "差出人|보낸 사람|מאת|من|dari|từ|expéditeur|mittente|remitente|afzender|absender"
)
_OTHER_NAMES = (
    "sent|to|cc|bcc|subject|date|reply-to|reply to|importance|priority|attachments|organization|when|gesendet|an|"
    "kopie|betreff|datum|antwort an|wichtigkeit|anlagen|envoyé|à|a|objet|cc|copie|pour|date d'envoi|répondre à|"
    "enviado|enviado el|enviada em|enviada|para|asunto|assunto|fecha|data|inviato|inviato il|oggetto|per|"
    "risposta|verzonden|aan|onderwerp|verstuurd|skickat|till|ämne|kopia|sendt|til|emne|dato|kopi til|lähetetty|"
    "vastaanottaja|aihe|päiväys|kopio|wysłano|wysłane|do|temat|dw|odesláno|odoslané|komu|předmět|predmet|dátum|"
    "kopie|elküldve|címzett|tárgy|trimis|către|subiect|gönderildi|gönderme tarihi|kime|konu|tarih|bilgi|"
    "отправлено|дата|кому|копия|тема|надіслано|копія|στάλθηκε|προς|θέμα|ημερομηνία|发送时间|发送日期|收件人|抄送|"
    "主题|日期|寄件日期|傳送時間|收件者|副本|主旨|送信日時|送信日|日時|宛先|件名|보낸 날짜|날짜|받는 사람|제목|"
    "참조|נשלח|אל|נושא|תאריך|إلى|الموضوع|التاريخ|dikirim|kepada|perihal|tanggal|gửi|đến|chủ đề|ngày"
)
_HEADER = re.compile(rf"[\s>*]*(?:{_FROM_NAMES}|{_OTHER_NAMES})\s?\*?\s?[:：]", re.IGNORECASE)
_FROM = re.compile(
    rf"[\s>*]*(?:{_FROM_NAMES}|date|datum|data|sent|gesendet|subject|betreff|to|an)\s?\*?\s?[:：]", re.IGNORECASE
)
_TO_NAMES = (
    "to|an|à|a|pour|para|per|aan|till|til|vastaanottaja|do|komu|címzett|către|kime|кому|προς|收件人|收件者|宛先|"
    "받는 사람|אל|إلى|kepada|đến"
)
_TO = re.compile(rf"[\s>*]*(?:{_TO_NAMES})\s?\*?\s?[:：]", re.IGNORECASE)

# Forms of "to write", by which the line that introduces a quote is known whatever its order of words.
_WROTE = re.compile(
    r"\b(?:wrote|writes|written|schrieb|schreibt|geschrieben|écrit|escribi(?:ó|o)|escrib(?:e|ió)|escreveu|scrive|scritto|"
    r"schreef|schrijft|geschreven|skrev|skriver|kirjoitti|napisał\w*|pisze|napsal\w*|napísal\w*|írta|scris|yazdı|"
    r"написал\w*|пишет|написав|написала|пише|писал\w*|napisao|napisala|έγραψε|menulis|viết|rašė|rakstīja|kirjutas|skrifaði)"
    r"|写道|寫道|写到|さんは書きました|のメール|さんからのメール|님이 작성|님이 씀|작성:|כתב|كتب|เขียน",
    re.IGNORECASE,
)
_WHEN = re.compile(
    r"\d{1,2}[:.h]\d{2}|\b(?:19|20)\d{2}\b|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}\.?\s[^\W\d_]{3,10}|\d年|\d월|[^\W\d_]{3,9}\s\d{1,2}\b"
)
_DATED = re.compile(r"\s*(?:\d{4}[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}|\d{1,2}[-/. ][^\W_]{1,9}\.?[-/. ]\d{4})")
_ADDRESS_LAST = re.compile(r"[<(]\s?[^<>\s]+@[^<>\s]+?\s?[>)]\s?[:：]?$")
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069]")  # direction marks around names
_TRIPLE = re.compile(r">>> ?[^>].{0,120}(?:@|\d[:./-]\d).{0,80} ?>>>")  # how GroupWise introduces a quote
_CUT_INTRO = re.compile(r"\s*>\s?(?:[^\W\d_]+\s?){1,2}[:：]\s*$|\s*>\s?[:：]\s*$")
_INTRO_END = re.compile(r"(?:[:：]|>|\w\s?[-—–]+)\s*$")


def is_quote(line: str) -> bool:
    return _QUOTE.match(line) is not None


def is_rule(line: str) -> bool:
    return len(line) <= 200 and _RULE.fullmatch(line) is not None


def is_long_rule(line: str) -> bool:
    """Check for a rule too long to underline a heading."""
    return len(line.strip()) >= 20


def is_signature_mark(line: str) -> bool:
    return len(line) <= 4 and _SIGNATURE.fullmatch(line) is not None


def is_divider(line: str) -> bool:
    line = line.strip(" \t*")
    return len(line) <= 200 and any(form.fullmatch(line) for form in (_DIVIDER, _DASHED_TITLE, _TRIPLE))


def is_mail_header(line: str) -> bool:
    return _HEADER.match(line[:60]) is not None


def is_from(line: str) -> bool:
    """Check for a header with which a quoted header block may begin."""
    return _FROM.match(line[:60]) is not None


def is_to(line: str) -> bool:
    return _TO.match(line[:60]) is not None


def is_device_line(line: str) -> bool:
    """Check for "Sent from my phone" in the words of many mail programs."""
    line = line.strip(" \t<>()[]*_\u00a0").replace("[", "")
    if not line or len(line) > 140:
        return False
    return any(
        (_SENT.match(line), _GET_APP.match(line), _SENT_LAST.fullmatch(line), _FROM_DEVICE.fullmatch(line)),
    )


def may_end_intro(line: str) -> bool:
    """Check cheaply, so that most lines need no further test."""
    return len(line) <= _MAX_INTRO and _INTRO_END.search(_UNSEEN.sub("", line)[-20:]) is not None


def is_cut_intro(line: str) -> bool:
    """Check for a line such as "> wrote:", a wrapped introduction rather than a quote."""
    return _CUT_INTRO.match(line) is not None


def is_intro(text: str, quote_follows: bool) -> bool:
    """Check whether the line or joined lines introduce a quote: who wrote, and when or from which address."""
    text = _UNSEEN.sub("", text).strip(" \t-—–*")
    if not text or len(text) > _MAX_INTRO:
        return False
    closed = text.endswith((":", "：")) or _WROTE.search(text[-25:]) is not None
    if closed and _WROTE.search(text):
        return _WHEN.search(text) is not None
    if _ADDRESS_LAST.search(text[-200:]) and _WHEN.search(text):
        return closed or (quote_follows and _DATED.match(text) is not None)
    return False


def is_undated_intro(line: str) -> bool:
    """Check for "Jane wrote:", which introduces a quote only if one follows."""
    return len(line) <= 80 and line.rstrip().endswith((":", "：")) and _WROTE.search(line) is not None
