"""pywa creates, reads, edits, archives and deletes templates, and sends what it created."""

import unittest

from pywa import errors, types
from pywa.types import templates

import files
from foreign import client
from practice import Practice

ANA = "+14165550123"
ENGLISH = templates.TemplateLanguage.ENGLISH_US


def lantern_evening(name: str) -> types.Template:
    """Named parameters, a text header, a footer and three kinds of buttons."""
    return types.Template(
        name=name,
        language=ENGLISH,
        category=templates.TemplateCategory.MARKETING,
        parameter_format=templates.ParamFormat.NAMED,
        components=[
            templates.HeaderText("Lantern evening in {{city}}", city="Toronto"),
            templates.BodyText(
                f"Hello {{{{first_name}}}}, join us for the {name} evening on {{{{day}}}}. Bring your friends along!",
                first_name="Ana",
                day="Friday",
            ),
            templates.FooterText(text="Tide & Timber"),
            templates.Buttons(
                buttons=[
                    templates.QuickReplyButton(text="I will come"),
                    templates.QuickReplyButton(text="Stop promotions"),
                    templates.URLButton(text="Details", url="https://tide-and-timber.example/e/{{1}}", example="https://tide-and-timber.example/e/7"),
                ]
            ),
        ],
    )


class Templates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.practice = Practice("--mode", "explicit")
        cls.addClassCleanup(cls.practice.close)
        cls.wa = client(cls.practice)
        cls.ana = cls.practice.customer(ANA, name="Ana Prova")

    def approve(self, template_id: str) -> None:
        self.practice.control("PUT", f"templates/{template_id}", status="APPROVED")

    def test_create_list_send_and_delete(self):
        draft = lantern_evening("lantern_one")
        created = self.wa.create_template(draft)
        self.assertEqual(created.status, templates.TemplateStatus.PENDING)
        with self.assertRaises(errors.TemplateNotExists):
            self.wa.send_template(ANA, "lantern_one", ENGLISH)
        self.approve(created.id)

        listed = self.wa.get_templates(name="lantern_one", statuses=[templates.TemplateStatus.APPROVED])
        self.assertEqual([t.id for t in listed], [created.id])
        read = self.wa.get_template(created.id)
        self.assertEqual(read.parameter_format, templates.ParamFormat.NAMED)
        self.assertEqual([c.type.value for c in read.components], ["HEADER", "BODY", "FOOTER", "BUTTONS"])

        header, body, _, buttons = draft.components
        sent = self.wa.send_template(
            ANA,
            template=draft,
            params=[
                header.params(city="Toronto"),
                body.params(first_name="Ana", day="Friday"),
                buttons.buttons[0].params(callback_data="come:7", index=0),
                buttons.buttons[1].params(callback_data="stop", index=1),
                buttons.buttons[2].params(url_variable="7", index=2),
            ],
        )
        line = self.practice.arrived(self.ana, sent.id)
        self.assertIn("Hello Ana, join us for the lantern_one evening on Friday.", line["body"])
        self.assertEqual(line["header"], "Lantern evening in Toronto")
        self.assertEqual([b["url"] for b in line["buttons"] if b["kind"] == "URL"], ["https://tide-and-timber.example/e/7"])

        self.assertTrue(self.wa.delete_template("lantern_one", template_id=created.id))
        self.assertEqual(list(self.wa.get_templates(name="lantern_one")), [])
        with self.assertRaises(errors.WhatsAppError) as refused:
            self.wa.create_template(draft)
        self.assertEqual(refused.exception.subcode, 2388023)

    def test_media_header_with_a_sample_from_the_resumable_upload(self):
        created = self.wa.create_template(
            types.Template(
                name="with_a_picture",
                language=ENGLISH,
                category=templates.TemplateCategory.UTILITY,
                components=[
                    templates.HeaderImage(example=files.PNG, mime_type="image/png"),
                    templates.BodyText("Your order {{1}} is packed and waits at our counter.", "TT-9"),
                ],
            )
        )
        self.approve(created.id)
        sent = self.wa.send_template(
            ANA,
            "with_a_picture",
            ENGLISH,
            [templates.HeaderImage.params(image=files.PNG, mime_type="image/png"), templates.BodyText.params("TT-9")],
        )
        line = self.practice.arrived(self.ana, sent.id)
        self.assertTrue(line["media"]["id"].isdigit())

    def test_one_time_code(self):
        created = self.wa.create_template(
            types.Template(
                name="door_code",
                language=ENGLISH,
                category=templates.TemplateCategory.AUTHENTICATION,
                components=[
                    templates.AuthenticationBody(add_security_recommendation=True),
                    templates.AuthenticationFooter(code_expiration_minutes=5),
                    templates.Buttons(buttons=[templates.CopyCodeOTPButton(text="Copy")]),
                ],
            )
        )
        self.approve(created.id)
        params = [templates.AuthenticationBody.params(otp="471100"), templates.CopyCodeOTPButton.params(otp="471100")]
        sent = self.wa.send_template(ANA, "door_code", ENGLISH, params)
        line = self.practice.arrived(self.ana, sent.id)
        self.assertIn("471100", line["body"])
        with self.assertRaises(errors.BSUIDRecipientNotSupported):
            self.wa.send_template(self.ana["user_id"], "door_code", ENGLISH, params)
        # pywa's own method writes the body as JSON in JSON (README.md); the call below it does not.
        upserted = self.wa.api.upsert_message_templates(
            waba_id=self.practice.ready["waba_id"],
            template={
                "name": "gate_code",
                "languages": ["en_US", "fr"],
                "category": "AUTHENTICATION",
                "components": [
                    {"type": "BODY", "add_security_recommendation": True},
                    {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]},
                ],
            },
        )
        self.assertEqual([made["language"] for made in upserted["data"]], ["en_US", "fr"])

    def test_carousel_coupon_and_limited_time_offer(self):
        card = lambda n: templates.CarouselCard(
            components=[
                templates.HeaderImage(example=files.PNG, mime_type="image/png"),
                templates.BodyText("A board of oak"),
                templates.Buttons(buttons=[templates.URLButton(text="Look", url=f"https://tide-and-timber.example/b/{n}")]),
            ]
        )
        carousel = types.Template(
            name="two_boards",
            language=ENGLISH,
            category=templates.TemplateCategory.MARKETING,
            components=[templates.BodyText("Two boards we are proud of."), templates.Carousel(cards=[card(1), card(2)])],
        )
        offer = types.Template(
            name="until_midnight",
            language=ENGLISH,
            category=templates.TemplateCategory.MARKETING,
            components=[
                templates.LimitedTimeOffer(text="Ends tonight", has_expiration=True),
                templates.BodyText("All bowls are {{1}} off until midnight, dear friend.", "20 %"),
                templates.Buttons(buttons=[templates.CopyCodeButton(example="BOWL20"), templates.URLButton(text="Shop", url="https://tide-and-timber.example/bowls")]),
            ],
        )
        for draft in (carousel, offer):
            with self.subTest(draft.name):
                self.approve(self.wa.create_template(draft).id)
        import datetime

        midnight = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=5)
        sent = self.wa.send_template(
            ANA,
            "until_midnight",
            ENGLISH,
            [
                templates.LimitedTimeOffer.params(expiration_time=midnight),
                templates.BodyText.params("20 %"),
                templates.CopyCodeButton.params(coupon_code="BOWL20", index=0),
            ],
        )
        line = self.practice.arrived(self.ana, sent.id)
        self.assertIn("All bowls are 20 % off", line["body"])

    def test_edit_pause_unpause_archive(self):
        created = self.wa.create_template(lantern_evening("lantern_two"))
        self.approve(created.id)
        edited = self.wa.update_template(created.id, new_components=lantern_evening("lantern_three").components)
        self.assertTrue(edited.success)
        self.assertEqual(self.wa.get_template(created.id).status, templates.TemplateStatus.PENDING)
        self.approve(created.id)
        with self.assertRaises(errors.WhatsAppError) as refused:
            self.wa.update_template(created.id, new_components=lantern_evening("lantern_four").components)
        self.assertEqual(refused.exception.subcode, 2388039)

        self.practice.control("PUT", f"templates/{created.id}", status="PAUSED")
        with self.assertRaises(errors.TemplatePaused):
            self.wa.send_template(ANA, "lantern_two", ENGLISH)
        self.approve(created.id)
        self.assertEqual(tuple(self.wa.archive_templates([created.id]).archived), (created.id,))
        self.assertEqual(tuple(self.wa.unarchive_templates([created.id]).unarchived), (created.id,))

    def test_library_and_paging(self):
        created = self.wa.create_template(
            templates.LibraryTemplate(
                name="our_delivery_update",
                library_template_name="delivery_update_1",
                category=templates.TemplateCategory.UTILITY,
                language=ENGLISH,
                library_template_button_inputs=[
                    templates.URLButton.library_input(
                        base_url="https://tide-and-timber.example/o/{{1}}",
                        url_suffix_example="https://tide-and-timber.example/o/7",
                    )
                ],
            )
        )
        self.assertEqual(created.status, templates.TemplateStatus.APPROVED)
        page = self.wa.get_templates(pagination=types.Pagination(limit=2))
        self.assertEqual(len(page), 2)
        self.assertGreaterEqual(page.message_template_count, 10)
        ids = [t.id for t in page]
        # pywa's own next() breaks for templates (README.md), so the cursor is handed over.
        while page.has_next:
            page = self.wa.get_templates(pagination=types.Pagination(limit=2, after=page.after))
            ids += [t.id for t in page]
        self.assertEqual((len(ids), len(set(ids))), (page.message_template_count, page.message_template_count))

    def test_bad_templates_are_refused_with_the_reason(self):
        bad = types.Template(
            name="hanging_variable",
            language=ENGLISH,
            category=templates.TemplateCategory.UTILITY,
            components=[templates.BodyText("Your code is {{1}}", "1")],
        )
        with self.assertRaises(errors.WhatsAppError) as refused:
            self.wa.create_template(bad)
        self.assertEqual(refused.exception.code, 100)
        self.assertTrue(refused.exception.subcode)


if __name__ == "__main__":
    unittest.main()
