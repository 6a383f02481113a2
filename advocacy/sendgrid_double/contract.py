"""The contract as one table: what the real service is known or thought to do, and what the stand-in does about it.

The page `/rules` and docs/sendgrid-double.md are made from it; `tests/sendgrid_double/test_contract.py` proves every row.
"""

from dataclasses import dataclass

GRADES = {
    "D": "documented by SendGrid",
    "O": "observed by others on the real service, in public",
    "M": "measured on published captures",
    "I": "inferred",
    "U": "unknown: a switch",
}


@dataclass(frozen=True)
class Rule:
    """One row. `source` names where it stands, as the contract's list of sources shortens it."""

    name: str
    group: str
    grade: str
    source: str
    says: str
    happens: str


DOOR, FORM, PEOPLE, ARGUMENTS, HEADERS, TIME, SENDER, CONTENT, REST, LATER, ANSWER, EVENTS, ACCOUNT = (
    "1. At the door",
    "2. Form",
    "3. Recipients",
    "4. Arguments and substitutions",
    "5. Headers",
    "6. Time and batches",
    "7. Sender",
    "8. Subject and content",
    "9. Categories, groups, pools, replies",
    "10. Taken, and dropped or changed later",
    "11. Answers",
    "12. Events",
    "13. Account",
)

_400, _403 = "400, the place named in `field`", "403, `field` is `from`"

RULES: tuple[Rule, ...] = (
    Rule("key", DOOR, "D", "errors-page", "a known key as a Bearer token", "401"),
    Rule("scope_mail_send", DOOR, "O", "ruby#424; support 18322114821403", "the key may send mail",
         "403 or 401 (switch `scope_missing_is_403`)"),
    Rule("content_type", DOOR, "D", "errors-page", "the body is JSON in UTF-8", "415"),
    Rule("gzip", DOOR, "D", "OAS-mail", "a compressed body only where support has enabled it", "415 (switch `gzip`)"),
    Rule("body_size", DOOR, "D", "limits-page", "at most 30 MB", "413, as JSON or as a page (switch `html_413`)"),
    Rule("request_rate", DOOR, "U", "v3-mail-send-faq: 10,000 a second", "how many requests a second",
         "429 (switch `requests_per_second`)"),
    Rule("credits", DOOR, "D", "support 18322114821403, 35270136965403", "the plan has mails left",
         "401 “Maximum credits exceeded”; those of one request who are over it are dropped"),
    Rule("json", FORM, "D", "errors-page", "the body is JSON", "400 “Bad Request”"),
    Rule("schema", FORM, "D", "OAS-mail with its corrections", "types, required fields, lengths and counts", _400),
    Rule("strings_only", FORM, "O", "node#288", "values of custom arguments and substitutions are strings",
         "400 “Bad Request”, no field"),
    Rule("total_recipients", PEOPLE, "D", "errors-page", "to, cc and bcc of all personalizations are at most 1,000", _400),
    Rule("addresses", PEOPLE, "D", "errors-page", "an address has at most 320 characters and an ASCII domain", _400),
    Rule("unique_recipients", PEOPLE, "D", "personalizations.md; csharp#995",
         "no address twice in one personalization, whatever its case", _400),
    Rule("unique_across", PEOPLE, "U", "errors-page against php#561", "an address in two personalizations",
         "taken or 400 (switch `duplicates_across`)"),
    Rule("custom_args_size", ARGUMENTS, "D", "errors-page", "custom arguments of both levels at most 10,000 bytes", _400),
    Rule("substitutions_size", ARGUMENTS, "D", "errors-page; java#433", "substitutions at most 10,000 bytes a person", _400),
    Rule("substitutions_8000", ARGUMENTS, "U", "py#548, one user", "substitutions over about 8 kB",
         "taken or 400 (switch `small_substitutions`)"),
    Rule("dynamic_or_substitutions", ARGUMENTS, "D", "OAS-mail", "substitutions are not for dynamic templates", _400),
    Rule("headers", HEADERS, "D", "errors-page", "names are ASCII without spaces, none reserved, none twice", _400),
    Rule("header_values", HEADERS, "I", "RFC 5322", "values hold no line break", _400),
    Rule("send_at", TIME, "D", "errors-page", "at most 72 hours ahead", _400),
    Rule("send_at_waits", TIME, "D", "scheduling-parameters.md", "a mail waits for its hour; in the past it goes at once",
         "202; events begin then"),
    Rule("batch_id", TIME, "D", "scheduling-parameters.md", "a batch number is known and younger than 10 days", _400),
    Rule("pause_and_cancel", TIME, "D", "OAS-scheduled_sends; stopping-a-scheduled-send.md",
         "what waits can be paused (it expires after 72 hours) or cancelled; later than 10 minutes before, it goes", "202, then nothing"),
    Rule("batches_held", TIME, "D", "OAS-scheduled_sends", "100 batches held at most; a held one is changed, not held again",
         "400"),
    Rule("sender_identity", SENDER, "O", "ruby#489", "the sender is verified", _403),
    Rule("sender_ascii", SENDER, "D", "limits-page", "the sender's address is ASCII", _400),
    Rule("sender_name", SENDER, "U", "limits-page: “no Unicode for from”", "the sender's name is not ASCII",
         "taken or 400 (switch `unicode_from_name`)"),
    Rule("same_domain", SENDER, "D", "personalizations.md", "a personalization's sender has the message's domain", _400),
    Rule("subject", CONTENT, "D", "errors-page", "a subject for everybody, unless a template has one", _400),
    Rule("content", CONTENT, "D", "errors-page", "content unless a template has it; text, then HTML, then others", _400),
    Rule("categories", REST, "D", "errors-page", "categories are ASCII", _400),
    Rule("asm_group", REST, "D", "errors-page; suppressions.md", "the unsubscribe group exists, for a minute or more", _400),
    Rule("ip_pool", REST, "D", "errors-page", "the pool exists", _400),
    Rule("one_reply_to", REST, "D", "OAS-mail", "reply_to or reply_to_list, not both", _400),
    Rule("unknown_fields", REST, "U", "nothing found", "fields that do not exist", "taken or 400 (switch `unknown_fields`)"),
    Rule("name_cut", LATER, "O", "py#291, ruby#77, node#448", "a comma or semicolon in a recipient's name",
         "202, then dropped as Invalid, with what stood before the comma as the address"),
    Rule("name_marks", LATER, "U", "ruby#394", "other marks in a name", "202, then delivered or dropped (switch `strict_names`)"),
    Rule("template", LATER, "O", "go#255", "an unknown template", "202, then dropped with an empty address"),
    Rule("local_part", LATER, "O", "csharp#656", "a local part that is not ASCII", "202, then dropped as Invalid"),
    Rule("suppressed", LATER, "D", "index-suppressions.md", "an address on a list of suppressions; blocks do not count",
         "202, a credit, then dropped"),
    Rule("over_quota", LATER, "D", "event-page", "more people than mails left", "202, then dropped"),
    Rule("substitution_tags", LATER, "O", "py#550; substitution-tags.md", "tags with spaces or as <%x%>",
         "202, and the tag stays in the mail"),
    Rule("tracking_default", LATER, "I", "OAS-tracking_settings", "a tracking setting left out is the account's",
         "202, links rewritten, a pixel and a footer added"),
    Rule("own_unsubscribe", LATER, "U", "action-destinations#1949", "our List-Unsubscribe beside subscription tracking",
         "kept or replaced (switch `own_unsubscribe_kept`)"),
    Rule("accepted", ANSWER, "D", "OAS-mail; node#983", "a good request", "202, no body, X-Message-Id of 22 characters"),
    Rule("sandbox", ANSWER, "D", "sandbox-mode.md", "sandbox mode, a true boolean", "200, nothing sent, no credit, no events"),
    Rule("all_complaints", ANSWER, "D", "mail-page2020", "several mistakes in one request", "400 that lists them all"),
    Rule("rate_headers", ANSWER, "U", "rate-page against go#105", "headers that tell the rate",
         "none, or X-RateLimit (switch `rate_headers`)"),
    Rule("unknown_path", ANSWER, "I", "ours", "an address of the API that is not stood in for", "a loud 404"),
    Rule("signed", EVENTS, "M", "two published captures", "every post is signed over its bytes, CR LF at the end", "P-256, base64"),
    Rule("merged_args", EVENTS, "D", "event.md", "custom arguments stand at the top of an event; reserved names win", "merged"),
    Rule("delayed_bounce", EVENTS, "O", "docs#5177", "a delayed bounce has no ids and no arguments", "told so"),
    Rule("tracked_only", EVENTS, "D", "retired-mail-settings.md", "opens and clicks only of HTML with tracking on", "told or not"),
    Rule("told_again", EVENTS, "D", "getting-started-event-webhook.md", "no 2xx: told again for 24 hours, redirects not followed",
         "growing gaps (switches `new_event_ids_on_retry`, `fresh_signature_on_retry`)"),
    Rule("hook_patience", EVENTS, "U", "errormedic.com, hookdeck.com", "how long a webhook may take", "(switch `webhook_timeout`)"),
    Rule("events_chosen", EVENTS, "D", "OAS-webhooks", "only events that are switched on are told", "the others are let go"),
    Rule("hook_test", EVENTS, "D", "OAS-webhooks", "the test call posts one made-up event, without retries", "204"),
    Rule("scopes_by_address", ACCOUNT, "D", "api-key-permissions", "each address of the API asks for its own scope", "403"),
    Rule("logs", ACCOUNT, "D", "OAS-logs", "look-ups: AND, =, IN, < and >, 30 days, at most 1,000, no paging; needs messages.read",
         "200; 400 for other words; 403 without the scope"),
    Rule("logs_rate", ACCOUNT, "U", "email-activity: 6 a minute", "how many look-ups a minute", "429 (switch `logs_per_minute`)"),
    Rule("groups", ACCOUNT, "D", "OAS-suppressions", "25 groups, names of 30 and descriptions of 100 characters", "400"),
    Rule("unknown_group", ACCOUNT, "D", "OAS-suppressions", "an address added to an unknown group",
         "201, and it is unsubscribed from everything"),
    Rule("domain_records", ACCOUNT, "D", "OAS-domain_authentication", "`valid` may stand beside a record that is not",
         "as told (switch `valid_despite_records`)"),
    Rule("senders_scope", ACCOUNT, "U", "nothing found", "which scope reads the verified senders",
         "any key, or 403 (switch `senders_readable`)"),
)  # fmt: skip

NOT_PLAYED = (
    "what dynamic templates render (an unknown one is dropped, a known one arrives empty)",
    "1,000 tracked links a mail, and that many different categories slow the service down: what then happens is not documented",
    "ten connections at once are recommended; more are counted (`connections` in the figures), not refused",
    "OAuth between the service and the webhook, and more than one webhook",
    "the 24 hours after which a trial's hundred mails come back (`--credits 100` plays one day)",
)

BY_NAME = {rule.name: rule for rule in RULES}
