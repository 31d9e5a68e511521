"""pywa makes a group, lets people in, writes to it and deletes it."""

import unittest

from pywa.types.groups import GroupJoinApprovalMode

from foreign import client
from practice import Practice

ANA = "+14165550123"


class Groups(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.practice = Practice("--mode", "explicit")
        cls.addClassCleanup(cls.practice.close)
        cls.wa = client(cls.practice)
        number = cls.practice.ready["phone_number_id"]
        cls.practice.control("PUT", f"numbers/{number}", is_official_business_account=True)
        cls.ana = cls.practice.customer(ANA, name="Ana Prova")

    def test_a_group_from_first_to_last(self):
        made = self.wa.create_group(
            subject="Wood friends", join_approval_mode=GroupJoinApprovalMode.APPROVAL_REQUIRED
        )
        self.assertTrue(made.request_id)
        group = self.practice.control("GET", "groups")["items"][0]["id"]
        self.assertTrue(self.wa.get_group_invite_link(group).link.startswith("https://chat.whatsapp.com/"))
        self.practice.control("POST", f"groups/{group}/participants", customer=ANA, action="join")
        requests = list(self.wa.get_group_join_requests(group))
        self.assertEqual([r.user.wa_id for r in requests], [ANA.lstrip("+")])
        self.assertTrue(self.wa.approve_group_join_requests(group, [requests[0].id]).request_id)
        details = self.wa.get_group(group)
        self.assertEqual((details.subject, [p.wa_id for p in details.participants]), ("Wood friends", [ANA.lstrip("+")]))
        self.practice.control("POST", f"groups/{group}/messages", customer=ANA, text="count me in")
        self.wa.remove_group_participants(group, [ANA])
        self.assertEqual(self.wa.get_group(group).total_participant_count, 0)
        self.assertTrue(self.wa.delete_group(group).request_id)


if __name__ == "__main__":
    unittest.main()
