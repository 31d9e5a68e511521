"""pywa reads and changes the account, the number and its surroundings."""

import unittest

from pywa import types
from pywa.types.others import Command, Industry, QRCodeImageType

from foreign import client
from practice import Practice

ANA = "+14165550123"


class Account(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.practice = Practice("--mode", "explicit")
        cls.addClassCleanup(cls.practice.close)
        cls.wa = client(cls.practice)

    def test_account_and_numbers(self):
        ready = self.practice.ready
        self.assertEqual(self.wa.get_business_account().id, ready["waba_id"])
        number = self.wa.get_business_phone_number()
        self.assertEqual((number.id, number.status), (ready["phone_number_id"], "CONNECTED"))
        self.assertEqual([n.id for n in self.wa.get_business_phone_numbers()], [ready["phone_number_id"]])

    def test_profile(self):
        self.assertTrue(self.wa.update_business_profile(about="Wood and clay", industry=Industry.RETAIL))
        profile = self.wa.get_business_profile()
        self.assertEqual((profile.about, profile.industry), ("Wood and clay", Industry.RETAIL))

    def test_conversational_components(self):
        commands = [Command("hours", "When we are open")]
        self.assertTrue(self.wa.update_conversational_automation(["When are you open?"], commands))
        automation = self.wa.get_business_phone_number().conversational_automation
        self.assertEqual(list(automation.ice_breakers), ["When are you open?"])
        self.assertEqual([c.name for c in automation.commands], ["hours"])

    def test_short_links(self):
        link = self.wa.create_qr_code("I saw your window", QRCodeImageType.SVG)
        self.assertTrue(link.deep_link_url.startswith("https://wa.me/message/"))
        changed = self.wa.update_qr_code(link.code, "I was at your window")
        self.assertEqual(changed.prefilled_message, "I was at your window")
        self.assertEqual(self.wa.get_qr_code(link.code).prefilled_message, "I was at your window")
        self.assertEqual([c.code for c in self.wa.get_qr_codes()], [link.code])
        self.assertTrue(self.wa.delete_qr_code(link.code))
        self.assertEqual(list(self.wa.get_qr_codes()), [])

    def test_blocking(self):
        ana = self.practice.customer(ANA, name="Ana Prova")
        self.practice.writes(ana, text="Hello")
        self.assertEqual([u.wa_id for u in self.wa.block_users([ANA]).added_users], [ANA.lstrip("+")])
        self.assertEqual(len(self.wa.unblock_users([ANA]).removed_users), 1)

    def test_registration_and_display_name(self):
        self.assertTrue(self.wa.deregister_phone_number())
        self.assertTrue(self.wa.register_phone_number("204060"))
        self.assertTrue(self.wa.update_display_name("Tide and Timber"))

    def test_username(self):
        self.assertTrue(self.wa.set_username("tide.timber"))
        self.assertEqual(self.wa.get_current_username().username, "tide.timber")
        self.assertTrue(self.wa.delete_username())


if __name__ == "__main__":
    unittest.main()
