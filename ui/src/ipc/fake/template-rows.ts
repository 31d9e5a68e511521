/** Fake templates: one of each kind, status and shape that the gallery must cope with. */
import type { TemplateRow } from "../ipc";

const DAY = 86_400_000;

function template(now: number, part: Partial<TemplateRow> & Pick<TemplateRow, "id" | "name" | "body">): TemplateRow {
  return {
    language: "en_US",
    category: "marketing",
    correct_category: null,
    status: "APPROVED",
    sendable: true,
    unsendable_reason: null,
    quality: "GREEN",
    header_format: null,
    header_text: null,
    footer: null,
    buttons: [],
    variables: [],
    samples: [],
    media: [],
    cards: [],
    updated_at_ms: now - 3 * DAY,
    ...part,
  };
}

/** The templates of the fake account. */
export function fakeTemplates(now: number): TemplateRow[] {
  const spring = {
    header_format: "TEXT",
    header_text: "Fresh this Saturday",
    footer: "Write STOP to get no more offers",
    buttons: [
      { kind: "QUICK_REPLY", text: "Keep me a loaf" },
      { kind: "URL", text: "See the menu" },
      { kind: "QUICK_REPLY", text: "Stop offers" },
    ],
    variables: ["body.first_name", "body.discount"],
    samples: ["Amélie", "15 %"],
  };
  return [
    template(now, {
      id: "1001",
      name: "saturday_bread",
      body: "Hi {{first_name}}, the sourdough is back.\n\n*{{discount}} off* every loaf until noon, while it is warm. 🍞",
      ...spring,
    }),
    template(now, {
      id: "1002",
      name: "saturday_bread",
      language: "fr",
      body: "Bonjour {{first_name}}, le levain est de retour.\n\n*{{discount}} de rabais* sur chaque pain jusqu’à midi. 🍞",
      ...spring,
      header_text: "Tout frais ce samedi",
      footer: "Écrivez STOP pour ne plus rien recevoir",
      quality: "UNKNOWN",
      buttons: [
        { kind: "QUICK_REPLY", text: "Gardez-m’en un" },
        { kind: "URL", text: "Voir le menu" },
      ],
    }),
    template(now, {
      id: "1003",
      name: "saturday_bread",
      language: "ar",
      body: "مرحبًا {{first_name}}، عاد خبز العجين المخمّر.\n\n*خصم {{discount}}* على كل رغيف حتى الظهر. 🍞",
      ...spring,
      header_text: "طازج هذا السبت",
      footer: "اكتب STOP لإيقاف العروض",
      status: "PENDING",
      sendable: false,
      unsendable_reason: "Meta is still reviewing it; that takes up to 24 hours.",
      quality: null,
    }),
    template(now, {
      id: "1010",
      name: "order_ready",
      category: "utility",
      body: "Hello {{1}}, your order {{2}} is packed and waiting at the counter. We are open until 18:00.",
      variables: ["body.1", "body.2"],
      samples: ["Noah", "LSB-2041"],
      buttons: [
        { kind: "URL", text: "Directions" },
        { kind: "PHONE_NUMBER", text: "Call the shop" },
      ],
    }),
    template(now, {
      id: "1011",
      name: "order_delayed",
      category: "utility",
      quality: "YELLOW",
      body: "Hello {{1}}, the oven was slow today: order {{2}} will be ready about {{3}} later than planned. Sorry, and thank you for waiting.",
      variables: ["body.1", "body.2", "body.3"],
      samples: ["Priya", "LSB-2044", "30 minutes"],
      correct_category: "marketing",
    }),
    template(now, {
      id: "1020",
      name: "login_code",
      category: "authentication",
      body: "{{1}} is your verification code. For your security, do not share this code.",
      footer: "This code expires in 10 minutes.",
      variables: ["body.1"],
      samples: ["123456"],
      buttons: [{ kind: "URL", text: "Copy code" }],
      quality: "UNKNOWN",
    }),
    template(now, {
      id: "1030",
      name: "photo_of_the_week",
      header_format: "IMAGE",
      body: "This week’s bake by Sam. Would you try it?",
      media: [{ key: "header.media", format: "IMAGE" }],
      buttons: [
        { kind: "QUICK_REPLY", text: "Yes please" },
        { kind: "QUICK_REPLY", text: "Not for me" },
      ],
    }),
    template(now, {
      id: "1035",
      name: "autumn_window",
      body: "Hi {{1}}, this is in the window this week. Your code: see below.",
      variables: ["body.1", "button0.coupon_code", "card0.body.1", "card1.button1.1"],
      samples: ["Ben", "RYE10", "rye", "oats-42"],
      media: [
        { key: "card0.media", format: "IMAGE" },
        { key: "card1.media", format: "IMAGE" },
      ],
      buttons: [{ kind: "COPY_CODE", text: "Copy code" }],
      cards: [
        {
          header_format: "IMAGE",
          body: "The dark one, with {{1}}",
          buttons: [{ kind: "QUICK_REPLY", text: "Keep me one" }],
        },
        {
          header_format: "IMAGE",
          body: "The light one",
          buttons: [
            { kind: "QUICK_REPLY", text: "Keep me one" },
            { kind: "URL", text: "What is in it" },
          ],
        },
      ],
    }),
    template(now, {
      id: "1040",
      name: "clearance_event",
      status: "PAUSED",
      sendable: false,
      unsendable_reason: "Meta paused it because people reported it. It resumes by itself within 3 hours.",
      quality: "RED",
      body: "Everything must go!!! Today only, {{1}}.",
      variables: ["body.1"],
      samples: ["Ben"],
    }),
    template(now, {
      id: "1050",
      name: "congratulations_you_won",
      status: "REJECTED",
      sendable: false,
      unsendable_reason: "Meta rejected it: the text reads like a promotion but was filed as utility.",
      quality: null,
      category: "utility",
      body: "Congratulations {{1}}!",
      variables: ["body.1"],
      samples: ["Chloé"],
    }),
    template(now, {
      id: "1060",
      name: "a_very_long_template_name_that_somebody_gave_to_a_template_in_the_spring_of_2026",
      body: "Dear customer,\n\nour hours change in winter. From 1 December we open at 8:00 and close at 16:00 from Monday to Thursday, at 7:00 and 18:00 on Friday, and at 7:00 and 14:00 on Saturday. On Sunday the ovens rest.\n\nBread ordered by 20:00 is ready the next morning; cakes need two days. Larger orders for offices and schools are best arranged by phone, so that nobody carries forty croissants home in the snow for nothing.\n\nThank you for another year.\nThe bakery",
      category: "utility",
      quality: "GREEN",
    }),
  ];
}
