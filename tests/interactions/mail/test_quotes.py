"""Where the new part of a mail ends and what it quotes begins."""

import pytest

from interactions.mail.quotes import split_quoted

INTRODUCTIONS = """\
On Mon, 3 Mar 2025 at 10:00, Jane Doe <jane@x.example> wrote:
On Mon, 3 Mar 2025 at 10:00, Jane Doe with a rather long name <jane@x.example>
wrote:
On 3 Mar 2025, at 10:00, Jane Doe <
jane@x.example> wrote:
Jane Doe <jane@x.example> wrote on 3 Mar 2025:
---- On Mon, 03 Mar 2025 10:00:00 +0530 Jane Doe <jane@x.example> wrote ----
Am Mo., 3. März 2025 um 10:00 Uhr schrieb Jane Doe <jane@x.example>:
Jane Doe <jane@x.example> schrieb am Mo., 3. März
2025 um 10:00 Uhr:
Le lun. 3 mars 2025 à 10:00, Jane Doe <jane@x.example> a écrit :
El lun, 3 mar 2025 a las 10:00, Jane Doe (<jane@x.example>) escribió:
Il giorno lun 3 mar 2025 alle ore 10:00 Jane Doe <jane@x.example> ha scritto:
Op ma 3 mrt 2025 om 10:00 schreef Jane Doe <jane@x.example>:
Em seg., 3 de mar. de 2025 às 10:00, Jane Doe <jane@x.example> escreveu:
Den mån 3 mars 2025 kl 10:00 skrev Jane Doe <jane@x.example>:
ma 3. maalisk. 2025 klo 10.00 Jane Doe (jane@x.example) kirjoitti:
pon., 3 mar 2025 o 10:00 Jane Doe <jane@x.example> napisał(a):
po 3. 3. 2025 v 10:00 odesílatel Jane Doe <jane@x.example> napsal:
пн, 3 мар. 2025 г. в 10:00, Jane Doe <jane@x.example>:
03.03.2025 10:00, Jane Doe пишет:
пн, 3 бер. 2025 р. о 10:00 Jane Doe <jane@x.example> пише:
Jane Doe <jane@x.example>, 3 Mar 2025 Pzt, 10:00 tarihinde şunu yazdı:
Jane Doe <jane@x.example> ezt írta (időpont: 2025. márc. 3., H, 10:00):
În lun., 3 mar. 2025 la 10:00, Jane Doe <jane@x.example> a scris:
Στις Δευ 3 Μαρ 2025 στις 10:00 π.μ., ο/η Jane Doe <jane@x.example> έγραψε:
2025年3月3日(月) 10:00 Jane Doe <jane@x.example>:
Jane Doe <jane@x.example> 於 2025年3月3日 週一 上午10:00寫道：
2025년 3월 3일 (월) 오전 10:00, Jane Doe <jane@x.example>님이 작성:
\u202bבתאריך יום ב׳, 3 במרץ 2025 ב-10:00 מאת \u202aJane Doe\u202c\u200f <\u202ajane@x.example\u202c\u200f>:\u202c"""


def introductions() -> list[str]:
    """Each introduction, those wrapped over two lines put together again."""
    found: list[str] = []
    for line in INTRODUCTIONS.split("\n"):
        if line in ("wrote:", "jane@x.example> wrote:", "2025 um 10:00 Uhr:"):
            found[-1] += f"\n{line}"
        else:
            found.append(line)
    return found


@pytest.mark.parametrize("introduction", introductions())
@pytest.mark.parametrize("quote", ["> Is it done?", "Is it done?\nOr will it be?"])
def test_a_reply_above_what_it_answers(introduction, quote):
    assert split_quoted(f"Yes, done.\n\nAda\n\n{introduction}\n\n{quote}\n") == (
        "Yes, done.\n\nAda",
        f"{introduction}\n\n{quote}",
    )


@pytest.mark.parametrize(
    "block",
    [
        "-----Original Message-----\nFrom: Jane",
        "-------- Ursprüngliche Nachricht --------\nVon: Jane",
        "-----Message d'origine-----\nDe : Jane",
        "-----Mensaje original-----\nDe: Jane",
        "---------- Forwarded message ---------\nFrom: Jane",
        "Begin forwarded message:\n\n> From: Jane",
        "----- Original Nachricht ----\nVon: Jane",
        "________________________________\nFrom: Jane <jane@x.example>\nSent: Monday\nTo: Ada\nSubject: It",
        "From: Jane <jane@x.example>\nSent: Monday\nTo: Ada\nSubject: It",
        "*From:* Jane <jane@x.example>\n*Sent:* Monday\n*To:* Ada\n*Subject:* It",
        "Von: Jane <jane@x.example>\nGesendet: Montag\nAn: Ada\nBetreff: Es",
        "De : Jane <jane@x.example>\nEnvoyé : lundi\nÀ : Ada\nObjet : Cela",
        "Da: Jane\nInviato: lunedì\nA: Ada\nOggetto: Ciò",
        "Fra: Jane\nSendt: mandag\nTil: Ada\nEmne: Det",
        "От: Jane\nОтправлено: понедельник\nКому: Ada\nТема: Это",
        "发件人: Jane\n发送时间: 2025年3月3日\n收件人: Ada\n主题: 它",
        ">>> Jane Doe <jane@x.example> 03/03/25 10:00 AM >>>",
    ],
)
def test_everything_below_a_mail_that_is_passed_on(block):
    assert split_quoted(f"Yes, done.\n\n{block}\n\nIs it done?") == ("Yes, done.", f"{block}\n\nIs it done?")


@pytest.mark.parametrize("quote", ["> Is it done?\n> Or not?", ">Is it done?", "| Is it done?", "JD> Is it done?"])
def test_a_quote_that_nothing_introduces(quote):
    assert split_quoted(f"Yes, done.\n\n{quote}\n\n") == ("Yes, done.", quote)


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nAda Okafor\nFounder",
        "--\nAda",
        "—\nAda",
        "__________________\nAda Okafor\nTel. 1",
        "Sent from my iPhone",
        "Sent from Outlook for Android<https://aka.example>",
        "Get Outlook for iOS",
        "Von meinem iPhone gesendet",
        "Gesendet mit der Mail-App",
        "Envoyé de mon iPad",
        "Enviado desde mi teléfono",
        "Inviato da iPhone",
        "Verstuurd vanaf mijn iPad",
        "Skickat från min mobil",
        "Отправлено с iPhone",
        "iPhoneから送信",
        "发自我的 iPhone 发送",
        "Sent from my iPhone\n\nSent via mobile",
    ],
)
def test_signatures_are_cut_and_kept(signature):
    assert split_quoted(f"Yes, done.\n\n{signature}") == ("Yes, done.", signature)


@pytest.mark.parametrize(
    "body",
    [
        "One line.",
        "> Only a quote.",
        "On Mon, 3 Mar 2025 at 10:00, Jane wrote:\n> Only a quote.",
        "---------- Forwarded message ---------\nFrom: Jane\nTo: Ada\n\nPassed on without a word.",
        "----- Original Nachricht ----\nVon: Jane\nAn: Ada\nDatum: Montag\nBetreff: It\n\nDear Ada\n\n-- \nJane",
        "Von: Jane\nAn: Ada\nDatum: Montag\nBetreff: It\n\nDear Ada\n\n> and so on",
        "Sent from my iPhone",
        "I wrote to you on 3 March 2025: nothing came.\nPlease look.",
        "Parcels\n---\nsent from here on Monday arrive\n---\nby Friday.\n" + "And so on.\n" * 12 + "Ada",
        "New request\n-----------\nName: Ada\nSubject: Lessons\nDate: Monday",
        "New request:\n\nFrom: Ada\nSubject: Lessons\nDate: Monday\n\nCan I start?",
        "Two things:\n- one\n- two\nWrite me: ada@example.org",
        "Our trip\nFrom: Bonn\nTo: Berlin\nwith two bags",
        "Look:\n```\n-- \n> code\nOn 1 Jan 2025 x wrote:\n```\nend",
        "I sent from my office what you asked.\nAnd more.",
    ],
)
def test_what_stays_whole(body):
    assert split_quoted(body) == (body, "")


def test_an_answer_below_the_quote():
    new, quoted = split_quoted("On Mon, 3 Mar 2025 at 10:00, Jane wrote:\n> Done?\n> Or not?\n\nYes, done.\n-- \nAda")
    assert new == "Yes, done."
    assert quoted == "On Mon, 3 Mar 2025 at 10:00, Jane wrote:\n> Done?\n> Or not?\n-- \nAda"


def test_answers_among_the_quotes_stay_with_what_they_answer():
    body = "Hi Jane,\n\nOn Mon, 3 Mar 2025 at 10:00, Jane wrote:\n> Done?\n\nYes.\n\n> When?\n\nToday."
    assert split_quoted(f"{body}\n\n> Bye\n> Jane") == (body, "> Bye\n> Jane")


def test_wrapped_quotes_are_no_answers():
    quote = "> A long line that the mail program of somebody wrapped\nwithout a mark\n> goes on here."
    body = f"Yes.\n\nOn Mon, 3 Mar 2025 at 10:00, Jane wrote:\n{quote}"
    assert split_quoted(body)[0] == "Yes."


def test_a_name_alone_introduces_only_what_is_marked_as_quoted():
    assert split_quoted("Yes.\n\nJane wrote:\n> Done?")[0] == "Yes."
    assert split_quoted("Yes.\n\nJane wrote:\nDone?")[1] == ""
