"""pywa sends every kind of message it knows; what arrives is what was meant."""

import unittest

from pywa import errors, types
from pywa.types import templates

import files
from foreign import client
from practice import Practice

ANA = "+14165550123"
NOBODY_WROTE = "+16045550145"


class Sending(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.practice = Practice("--mode", "explicit")
        cls.addClassCleanup(cls.practice.close)
        cls.wa = client(cls.practice)
        cls.ana = cls.practice.customer(ANA, name="Ana Prova")
        cls.question = cls.practice.writes(cls.ana, text="Are you open?")

    def arrived(self, sent, kind: str) -> dict:
        """The message on the customer's phone."""
        line = self.practice.arrived(self.ana, sent.id)
        self.assertEqual(line["kind"], kind)
        return line

    def test_text_reply_and_tracker(self):
        sent = self.wa.send_message(
            ANA, "We open at nine: https://tide-and-timber.example", preview_url=True, reply_to_message_id=self.question,
            tracker="row-7",
        )
        line = self.arrived(sent, "text")
        self.assertIn("nine", line["body"])
        self.assertEqual(line["reply_to"], self.question)
        accepted = [item for item in self.practice.ledger() if item["wamid"] == sent.id]
        self.assertEqual([item["correlation"] for item in accepted], ["row-7"])

    def test_uploaded_media_of_every_kind(self):
        cases = [
            ("image", self.wa.send_image(ANA, files.PNG, caption="A shelf", mime_type="image/png")),
            ("video", self.wa.send_video(ANA, files.MP4, caption="How to oil it", mime_type="video/mp4")),
            ("audio", self.wa.send_audio(ANA, files.OGG, mime_type="audio/ogg")),
            ("audio", self.wa.send_voice(ANA, files.OGG, mime_type="audio/ogg")),
            ("document", self.wa.send_document(ANA, files.PDF, filename="care.pdf", caption="Care", mime_type="application/pdf")),
            ("sticker", self.wa.send_sticker(ANA, files.WEBP, mime_type="image/webp")),
        ]
        for kind, sent in cases:
            with self.subTest(kind):
                self.assertTrue(self.arrived(sent, kind)["media"]["id"].isdigit())
        self.assertEqual(self.arrived(cases[4][1], "document")["media"]["filename"], "care.pdf")

    def test_linked_media(self):
        sent = self.wa.send_image(ANA, "https://tide-and-timber.example/shelf.jpg")
        self.assertEqual(self.arrived(sent, "image")["media"]["link"], "https://tide-and-timber.example/shelf.jpg")

    def test_media_up_and_down_and_away(self):
        media = self.wa.upload_media(files.JPEG, mime_type="image/jpeg", filename="board.jpg")
        url = self.wa.get_media_url(media.id)
        self.assertEqual((url.mime_type, url.file_size), ("image/jpeg", len(files.JPEG)))
        self.assertEqual(self.wa.get_media_bytes(url.url), files.JPEG)
        self.assertTrue(self.wa.delete_media(media.id))
        with self.assertRaises(errors.WhatsAppError):
            self.wa.get_media_url(media.id)

    def test_location_and_contacts(self):
        line = self.arrived(self.wa.send_location(ANA, 43.64, -79.38, name="The workshop", address="12 Harbour Lane"), "location")
        self.assertEqual(line["other"]["location"]["name"], "The workshop")
        card = types.Contact(
            name=types.Contact.Name(formatted_name="Tide & Timber", first_name="Tide"),
            phones=[types.Contact.Phone(phone="+1 416 555 0100", type="WORK", wa_id="14165550100")],
            emails=[types.Contact.Email(email="hello@tide-and-timber.example", type="WORK")],
        )
        line = self.arrived(self.wa.send_contact(ANA, card), "contacts")
        self.assertEqual(line["other"]["contacts"][0]["name"]["formatted_name"], "Tide & Timber")

    def test_reaction_and_its_removal(self):
        line = self.arrived(self.wa.send_reaction(ANA, "\N{THUMBS UP SIGN}", self.question), "reaction")
        self.assertEqual(line["other"]["reaction"], {"message_id": self.question, "emoji": "\N{THUMBS UP SIGN}"})
        line = self.arrived(self.wa.remove_reaction(ANA, self.question), "reaction")
        self.assertEqual(line["other"]["reaction"]["emoji"], "")

    def test_reply_buttons_with_a_header_picture(self):
        buttons = [types.Button("Yes", "keep:yes"), types.Button("No", "keep:no")]
        line = self.arrived(self.wa.send_message(ANA, "Shall we keep it?", header="Your order", footer="Until Friday", buttons=buttons), "interactive")
        self.assertEqual([(b["text"], b["payload"]) for b in line["buttons"]], [("Yes", "keep:yes"), ("No", "keep:no")])
        self.assertEqual((line["header"], line["footer"]), ("Your order", "Until Friday"))
        line = self.arrived(self.wa.send_image(ANA, files.PNG, caption="This one?", buttons=buttons, mime_type="image/png"), "interactive")
        self.assertTrue(line["media"]["id"].isdigit())

    def test_list(self):
        sections = types.SectionList(
            "Choose a day",
            [
                types.Section("This week", [types.SectionRow("Friday", "fri", "9 to 17 h"), types.SectionRow("Saturday", "sat")]),
                types.Section("Next week", [types.SectionRow("Monday", "mon")]),
            ],
        )
        line = self.arrived(self.wa.send_message(ANA, "When do you come?", buttons=sections), "interactive")
        rows = [row["id"] for section in line["other"]["list"]["sections"] for row in section["rows"]]
        self.assertEqual(rows, ["fri", "sat", "mon"])

    def test_call_to_action_url(self):
        button = types.URLButton("Track it", "https://tide-and-timber.example/t/88")
        line = self.arrived(self.wa.send_message(ANA, "On its way", buttons=button), "interactive")
        self.assertEqual([(b["kind"], b["url"]) for b in line["buttons"]], [("URL", "https://tide-and-timber.example/t/88")])

    def test_requests(self):
        cases = {
            "location_request_message": self.wa.request_location(ANA, "Where shall we deliver?"),
            "request_contact_info": self.wa.request_contact_info(ANA, "May we have your number?"),
            "voice_call": self.wa.send_message(ANA, "Talk to us", buttons=types.VoiceCallButton("Call the shop")),
            "call_permission_request": self.wa.send_message(ANA, "May we call?", buttons=types.CallPermissionRequestButton()),
        }
        for kind, sent in cases.items():
            with self.subTest(kind):
                self.assertEqual(self.arrived(sent, "interactive")["other"]["interactive"], kind)

    def test_flow_catalogue_and_products(self):
        flow = types.FlowButton("Book a visit", flow_id="700000000000031", flow_token="visit-1", flow_action_screen="VISIT")
        sections = [types.ProductsSection("Boards", ["TT-1", "TT-2"]), types.ProductsSection("Bowls", ["TT-3"])]
        cases = {
            "flow": self.wa.send_message(ANA, "Come by", buttons=flow),
            "catalog_message": self.wa.send_catalog(ANA, "Everything we make", thumbnail_product_sku="TT-1"),
            "product": self.wa.send_product(ANA, "700000000000032", "TT-1", body="Oak", footer="In stock"),
            "product_list": self.wa.send_products(ANA, "700000000000032", sections, title="New", body="Fresh from the bench"),
        }
        for kind, sent in cases.items():
            with self.subTest(kind):
                self.assertEqual(self.arrived(sent, "interactive")["other"]["interactive"], kind)

    def test_free_form_carousel(self):
        cards = [
            types.ImageCarouselCard(
                body=f"Board {n}", image=f"https://tide-and-timber.example/{n}.jpg",
                buttons=types.URLButton("Look", f"https://tide-and-timber.example/{n}"),
            )
            for n in (1, 2)
        ]
        line = self.arrived(self.wa.send_carousel(ANA, body="Two boards", cards=cards), "interactive")
        self.assertEqual(len(line["other"]["cards"]), 2)

    def test_template_with_parameters_by_phone_and_by_user_id(self):
        body = templates.BodyText.params("Ana", "20 %", "Sunday")
        for to in (ANA, self.ana["user_id"]):
            with self.subTest(to):
                sent = self.wa.send_template(to, "autumn_sale", templates.TemplateLanguage.ENGLISH_US, [body], tracker="campaign-1/row-1")
                self.assertEqual(sent.status.value, "accepted")
                line = self.arrived(sent, "template")
                self.assertIn("Hi Ana, our autumn sale is on: 20 % off", line["body"])

    def test_marketing_door(self):
        body = templates.BodyText.params("Ana", "20 %", "Sunday")
        sent = self.wa.send_template(ANA, "autumn_sale", templates.TemplateLanguage.ENGLISH_US, [body], use_mm_lite_api=True)
        accepted = [item for item in self.practice.ledger() if item["wamid"] == sent.id]
        self.assertEqual([item["category"] for item in accepted], ["marketing_lite"])

    def test_mark_read_and_typing(self):
        wamid = self.practice.writes(self.ana, text="Hello?")
        read = lambda: [line["status"] for line in self.practice.conversation(self.ana) if line["wamid"] == wamid]
        self.assertEqual(read(), ["delivered"])
        self.assertTrue(self.wa.indicate_typing(wamid))
        self.assertTrue(self.wa.mark_message_as_read(wamid))
        self.assertEqual(read(), ["read"])

    def test_refusals_are_the_documented_ones(self):
        body = templates.BodyText.params("Ana")
        english = templates.TemplateLanguage.ENGLISH_US
        cases = [
            (errors.ReEngagementMessage, lambda: self.wa.send_message(NOBODY_WROTE, "Hello")),
            (errors.TemplateParamCountMismatch, lambda: self.wa.send_template(ANA, "autumn_sale", english, [body])),
            (errors.TemplateNotExists, lambda: self.wa.send_template(ANA, "no_such_template", english)),
            (errors.InvalidParameter, lambda: self.wa.send_image(ANA, "999999999999999")),
            (errors.RecipientCannotBeSender, lambda: self.wa.send_message(self.practice.ready["phone_number"], "Hello")),
            (errors.MediaUploadError, lambda: self.wa.upload_media(b"not a picture", mime_type="image/png", filename="x.png")),
        ]
        for expected, send in cases:
            with self.subTest(expected.__name__), self.assertRaises(expected) as refused:
                send()
            self.assertTrue(refused.exception.details)

    def test_a_wrong_token_is_refused(self):
        self.practice.token, right = "EAAwrong", self.practice.token
        try:
            with self.assertRaises(errors.ExpiredAccessToken):
                client(self.practice).send_message(ANA, "Hello")
        finally:
            self.practice.token = right


if __name__ == "__main__":
    unittest.main()
