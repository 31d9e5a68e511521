"""pywa receives what the practice account tells: handshake, signature, statuses, replies, media, STOP."""

import hashlib
import unittest

from pywa import errors, types
from pywa.types import templates

import files
from foreign import Receiver, client
from practice import Practice, until

ANA = "+14165550123"
ENGLISH = templates.TemplateLanguage.ENGLISH_US
SALE = templates.BodyText.params("Ana", "20 %", "Sunday")


class Webhooks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # pywa reads one update of a POST (README.md), so each gets its own.
        cls.practice = Practice("--mode", "explicit", "--batch", "1")
        cls.addClassCleanup(cls.practice.close)
        cls.receiver = Receiver(cls.practice)
        cls.addClassCleanup(cls.receiver.close)
        cls.wa = cls.receiver.wa
        until("pywa's callback to be verified", lambda: cls.practice.control("GET", "status")["callback_verified"])
        cls.ana = cls.practice.customer(ANA, name="Ana Prova")

    def setUp(self):
        self.receiver.complaints.texts.clear()

    def tearDown(self):
        until("all webhooks to be answered", lambda: all(p["state"] != "pending" for p in self.posts()))
        self.assertEqual(self.receiver.complaints.texts, [])
        self.assertTrue(all(p["attempts"] == 1 for p in self.posts()), "each POST was answered 200 the first time")

    def posts(self) -> list[dict]:
        return self.practice.control("GET", "webhooks?brief=true&limit=2000")["items"]

    def send_sale(self, **more):
        return self.wa.send_template(ANA, "autumn_sale", ENGLISH, [SALE], **more)

    def test_registration_is_what_pywa_asked_for(self):
        status = self.practice.control("GET", "status")
        self.assertEqual(status["callback"], f"{self.receiver.url}/hook")

    def test_a_callback_with_the_wrong_verify_token_is_refused(self):
        other = client(self.practice)
        token = other.get_app_access_token(app_id=int(self.practice.ready["app_id"]), app_secret=self.practice.app_secret)
        with self.assertRaises(errors.WhatsAppError) as refused:
            other.set_app_callback_url(
                app_id=int(self.practice.ready["app_id"]), app_access_token=token, callback_url=f"{self.receiver.url}/hook",
                verify_token="wrong", fields=["messages"],
            )
        self.assertEqual(refused.exception.code, 2200)
        self.assertTrue(self.practice.control("GET", "status")["callback_verified"])
        # pywa says so too, rightly.
        self.receiver.complaints.texts.clear()

    def test_statuses_with_tracker_and_price(self):
        sent = self.send_sale(tracker="campaign-1/row-9")
        for status in ("sent", "delivered", "read"):
            self.practice.status(sent.id, status)
            told = self.receiver.next("message_status", lambda s: s.id == sent.id)
            self.assertEqual((told.status.value, told.tracker), (status, "campaign-1/row-9"))
            self.assertEqual(told.from_user.wa_id, ANA.lstrip("+"))
            self.assertEqual(told.from_user.bsuid, self.ana["user_id"])
        again = self.send_sale()
        self.practice.status(again.id, "sent")
        told = self.receiver.next("message_status", lambda s: s.id == again.id)
        self.assertEqual((told.pricing.category.value, told.pricing.billable), ("marketing", True))

    def test_a_failure_arrives_whole(self):
        sent = self.send_sale(tracker="campaign-1/row-10")
        self.practice.status(sent.id, "failed", code=131026)
        told = self.receiver.next("raw_update", lambda raw: raw.value.get("statuses", [{}])[0].get("status") == "failed")
        status = told.value["statuses"][0]
        self.assertEqual((status["id"], status["errors"][0]["code"]), (sent.id, 131026))
        self.assertNotIn("contacts", told.value)
        # pywa 4.5.0 makes no MessageStatus of it: it wants `contacts`, which failures do not carry (README.md).
        until("pywa's complaint", lambda: self.receiver.complaints.texts)
        self.assertIn("Failed to construct update", self.receiver.complaints.texts.pop())

    def test_text_with_an_answer_by_pywa(self):
        wamid = self.practice.writes(self.ana, text="Ça va? \N{THUMBS UP SIGN} 1/2")
        message = self.receiver.next("message", lambda m: m.id == wamid)
        self.assertEqual(message.text, "Ça va? \N{THUMBS UP SIGN} 1/2")
        self.assertEqual((message.from_user.name, message.from_user.bsuid), ("Ana Prova", self.ana["user_id"]))
        answer = message.reply("Very well", quote=True)
        line = self.practice.arrived(self.ana, answer.id)
        self.assertEqual(line["reply_to"], wamid)
        quoting = self.practice.writes(self.ana, text="Good", reply_to=answer.id)
        message = self.receiver.next("message", lambda m: m.id == quoting)
        self.assertEqual(message.reply_to_message.id, answer.id)

    def test_media_is_told_and_can_be_fetched(self):
        wamid = self.practice.writes(self.ana, photo="My shelf")
        message = self.receiver.next("message", lambda m: m.id == wamid)
        self.assertEqual((message.type, message.caption), (types.MessageType.IMAGE, "My shelf"))
        content = message.image.get_bytes()
        self.assertTrue(content.startswith(b"\xff\xd8\xff"))
        self.assertEqual(hashlib.sha256(content).digest(), digest(message.image.sha256))
        for kind, mime, content in (
            ("document", "application/pdf", files.PDF),
            ("audio", "audio/ogg", files.OGG),
            ("video", "video/mp4", files.MP4),
            ("sticker", "image/webp", files.WEBP),
        ):
            with self.subTest(kind):
                import base64

                medium = {"kind": kind, "mime_type": mime, "base64": base64.b64encode(content).decode()}
                wamid = self.practice.writes(self.ana, media=medium)
                message = self.receiver.next("message", lambda m: m.id == wamid)
                self.assertEqual(message.type.value, kind)
                self.assertEqual(message.media.get_bytes(), content)

    def test_location_contacts_and_reaction(self):
        wamid = self.practice.writes(self.ana, location={"latitude": 43.64, "longitude": -79.38, "name": "Home"})
        self.assertEqual(self.receiver.next("message", lambda m: m.id == wamid).location.name, "Home")
        card = {"name": {"formatted_name": "Bo Prova"}, "phones": [{"phone": "+1 604 555 0145"}]}
        wamid = self.practice.writes(self.ana, contacts=[card])
        message = self.receiver.next("message", lambda m: m.id == wamid)
        self.assertEqual(message.contacts[0].name.formatted_name, "Bo Prova")
        sent = self.wa.send_message(ANA, "Here you are")
        wamid = self.practice.writes(self.ana, reaction={"wamid": sent.id, "emoji": "\N{HEAVY BLACK HEART}"})
        message = self.receiver.next("message", lambda m: m.id == wamid)
        self.assertEqual((message.reaction.message_id, message.reaction.emoji), (sent.id, "\N{HEAVY BLACK HEART}"))

    def test_taps(self):
        self.practice.writes(self.ana, text="Hello")
        sent = self.wa.send_message(ANA, "Shall we keep it?", buttons=[types.Button("Yes", "keep:yes"), types.Button("No", "keep:no")])
        self.practice.writes(self.ana, tap={"wamid": sent.id, "label": "Yes"})
        tapped = self.receiver.next("callback_button")
        self.assertEqual((tapped.data, tapped.title, tapped.reply_to_message.id), ("keep:yes", "Yes", sent.id))

        rows = types.SectionList("Choose", [types.Section("Days", [types.SectionRow("Friday", "fri", "9 to 17 h")])])
        sent = self.wa.send_message(ANA, "When?", buttons=rows)
        choice = {"id": "fri", "title": "Friday", "description": "9 to 17 h"}
        self.practice.writes(self.ana, list_reply=choice, reply_to=sent.id)
        chosen = self.receiver.next("callback_selection")
        self.assertEqual((chosen.data, chosen.description, chosen.reply_to_message.id), ("fri", "9 to 17 h", sent.id))

        sent = self.send_sale()
        label = self.practice.arrived(self.ana, sent.id)["buttons"][0]["text"]
        self.practice.writes(self.ana, tap={"wamid": sent.id, "label": label})
        tapped = self.receiver.next("callback_button")
        self.assertEqual((tapped.title, tapped.reply_to_message.id), (label, sent.id))

    def test_stop_by_word_and_by_whatsapps_own_switch(self):
        wamid = self.practice.writes(self.ana, text="STOP")
        self.assertEqual(self.receiver.next("message", lambda m: m.id == wamid).text, "STOP")
        for value in ("stop", "resume"):
            self.practice.control("POST", f"customers/{self.ana['id']}/preferences", value=value)
            preference = self.receiver.next("user_marketing_preferences")
            self.assertEqual(preference.value.value, value)
            self.assertEqual(preference.from_user.bsuid, self.ana["user_id"])

    def test_somebody_who_hides_the_number_is_answered_by_user_id(self):
        hidden = self.practice.customer("+15145550110", name="Bo Prova", username="bo.prova", hides_phone=True)
        wamid = self.practice.writes(hidden, text="Guess who")
        message = self.receiver.next("message", lambda m: m.id == wamid)
        self.assertIsNone(message.from_user.wa_id)
        self.assertEqual((message.from_user.username, message.from_user.bsuid), ("bo.prova", hidden["user_id"]))
        answer = message.reply("Bo!")
        self.assertEqual(answer.input, hidden["user_id"])
        self.practice.status(answer.id, "delivered")
        told = self.receiver.next("message_status", lambda s: s.id == answer.id)
        self.assertEqual((told.from_user.bsuid, told.from_user.wa_id), (hidden["user_id"], None))

    def test_template_news(self):
        template = next(iter(self.wa.get_templates(name="order_ready")))
        for status in ("PAUSED", "APPROVED"):
            self.practice.control("PUT", f"templates/{template.id}", status=status)
            told = self.receiver.next("template_status_update")
            self.assertEqual((told.template_id, told.new_status.value), (template.id, status))
        self.practice.control("PUT", f"templates/{template.id}", quality="YELLOW")
        told = self.receiver.next("template_quality_update")
        self.assertEqual((told.template_name, told.new_quality_score.value), ("order_ready", "YELLOW"))


class Crowd(unittest.TestCase):
    """The practice account's own crowd, met by pywa alone."""

    PEOPLE = [f"+1{area}55501{n:02}" for area in (416, 604, 514, 902) for n in range(10, 30)]

    def test_what_pywa_was_told_is_what_the_ledger_says(self):
        practice = Practice("--mode", "auto", "--speed", "2000", "--batch", "1")
        self.addCleanup(practice.close)
        receiver = Receiver(practice)
        self.addCleanup(receiver.close)
        until("pywa's callback to be verified", lambda: practice.control("GET", "status")["callback_verified"])
        sent = {receiver.wa.send_template(to, "autumn_sale", ENGLISH, [SALE], tracker=to).id: to for to in self.PEOPLE}
        until("the crowd to be done", lambda: practice.control("GET", "ledger/summary")["under_way"] == 0, 60)
        until(
            "all webhooks to be answered",
            lambda: all(p["state"] != "pending" for p in practice.control("GET", "webhooks?brief=true&limit=2000")["items"]),
            60,
        )
        told = set()
        while not receiver.events.empty():
            kind, update = receiver.events.get()
            for status in update.value.get("statuses", []) if kind == "raw_update" else []:
                self.assertEqual(status["biz_opaque_callback_data"], sent[status["id"]])
                told.add((status["id"], status["status"]))
        ledger = {(item["wamid"], step["status"]) for item in practice.ledger() if item["wamid"] in sent for step in item["statuses"]}
        self.assertEqual(told, {(wamid, status) for wamid, status in ledger if status != "accepted"})
        self.assertEqual({wamid for wamid, _ in told}, set(sent))


def digest(text: str) -> bytes:
    """A SHA-256 as Meta writes it, in hexadecimal or base64."""
    import base64

    return bytes.fromhex(text) if len(text) == 64 else base64.b64decode(text)


if __name__ == "__main__":
    unittest.main()
