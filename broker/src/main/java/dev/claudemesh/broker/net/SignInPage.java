package dev.claudemesh.broker.net;

import static dev.claudemesh.broker.net.Pages.escape;

import dev.claudemesh.protocol.accounts.DeviceReply;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// How the sign-in page looks. Every value is escaped; it needs no script, and works on a phone.
///
/// @param code what the terminal shows, or empty
/// @param trouble what went wrong just now
record SignInPage(Locale language, String code, Optional<SignInText> trouble) {
  private static final String STYLE =
      "body{font:16px/1.5 system-ui,sans-serif;max-width:28rem;margin:2rem auto;padding:0 1rem}"
          + ":root{color-scheme:light dark}"
          + "label{display:block;margin:.8rem 0}"
          + "input,button{font:inherit;padding:.6rem .8rem;width:100%;box-sizing:border-box;"
          + "border-radius:.4rem;border:1px solid #8888}"
          + "button{margin:.3rem 0;cursor:pointer}"
          + ".main{background:#1a7f37;color:#fff;border:0}"
          + ".code{font:2rem/1.2 ui-monospace,monospace;letter-spacing:.1em;text-align:center}"
          + ".bad{background:#d1242f22;padding:.6rem .8rem;border-radius:.4rem}"
          + "dl{display:grid;grid-template-columns:auto 1fr;gap:.3rem 1rem}"
          + "dt{opacity:.7}dd{margin:0;overflow-wrap:anywhere}";

  /// Lets the page use its own style and its own forms, and nothing else; nobody may frame it.
  static final Map<String, String> HEADERS =
      Map.of(
          "content-security-policy",
              "default-src 'none'; style-src '"
                  + Pages.hashOf(STYLE)
                  + "'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
          "x-content-type-options", "nosniff",
          "x-frame-options", "DENY",
          // With none at all a browser would hide where our own forms come from.
          "referrer-policy", "same-origin",
          "cache-control", "no-store");

  /// For somebody who is not signed in.
  String signIn() {
    return page(
        SignInText.TITLE,
        form(
                "login",
                "",
                input(SignInText.EMAIL, "email", "email", "username", true)
                    + input(SignInText.PASSWORD, "password", "password", "current-password", true)
                    + button(SignInText.SIGN_IN, "main"))
            + "<details><summary>"
            + say(SignInText.NEW_HERE)
            + "</summary>"
            + form(
                "register",
                "",
                input(SignInText.NAME, "name", "text", "name", false)
                    + input(SignInText.EMAIL, "email", "email", "username", true)
                    + input(SignInText.NEW_PASSWORD, "password", "password", "new-password", true)
                    + button(SignInText.REGISTER, "main"))
            + "</details>");
  }

  /// For somebody who is signed in and came without a code.
  String askCode(String email, String key) {
    return page(
        SignInText.TITLE,
        "<p>"
            + say(SignInText.ENTER_CODE)
            + "</p><form method=\"get\" action=\"/cli-auth\">"
            + "<label>"
            + say(SignInText.CODE)
            + "<input name=\"code\" maxlength=\"20\" autocomplete=\"off\" required></label>"
            + button(SignInText.NEXT, "main")
            + "</form>"
            + who(email, key));
  }

  /// Who asks to be let in, and what became of it.
  String card(DeviceReply.Waiting waiting, String email, String key, Instant now) {
    return switch (waiting.status()) {
      case PENDING -> page(SignInText.CARD_TITLE, pending(waiting, key, now) + who(email, key));
      case APPROVED -> told(SignInText.APPROVED);
      case DENIED -> told(SignInText.DENIED);
      case EXPIRED -> told(SignInText.EXPIRED);
    };
  }

  private String pending(DeviceReply.Waiting waiting, String key, Instant now) {
    long seconds = Math.max(0, Duration.between(now, waiting.expiresAt()).toSeconds());
    String left = Math.ceilDiv(seconds, 60) + " " + say(SignInText.MINUTES);
    return "<p class=\"code\">"
        + escape(waiting.userCode())
        + "</p><dl>"
        + fact(SignInText.MACHINE, escape(waiting.deviceName()))
        + waiting.device().map(device -> fact(SignInText.SYSTEM, escape(device))).orElse("")
        + fact(SignInText.ADDRESS, escape(waiting.address()))
        + fact(SignInText.LEFT, left)
        + "</dl><p>"
        + say(SignInText.WARNING)
        + "</p>"
        + form("approve", key, button(SignInText.APPROVE, "main"))
        + form("deny", key, button(SignInText.DENY, ""));
  }

  /// One sentence and nothing to do.
  String told(SignInText what) {
    return page(SignInText.TITLE, "<p>" + say(what) + "</p>");
  }

  private String who(String email, String key) {
    return "<hr><p>"
        + say(SignInText.SIGNED_IN_AS)
        + " "
        + escape(email)
        + "</p>"
        + form("logout", key, button(SignInText.SIGN_OUT, ""));
  }

  private String fact(SignInText name, String value) {
    return "<dt>" + say(name) + "</dt><dd>" + value + "</dd>";
  }

  private String form(String action, String key, String inside) {
    return "<form method=\"post\" action=\"/cli-auth\">"
        + hidden("action", action)
        + hidden("code", code)
        + hidden("key", key)
        + inside
        + "</form>";
  }

  private static String hidden(String name, String value) {
    return value.isEmpty()
        ? ""
        : "<input type=\"hidden\" name=\"" + name + "\" value=\"" + escape(value) + "\">";
  }

  private String input(
      SignInText label, String name, String type, String autocomplete, boolean required) {
    return "<label>"
        + say(label)
        + "<input name=\""
        + name
        + "\" type=\""
        + type
        + "\" autocomplete=\""
        + autocomplete
        + "\" maxlength=\"200\""
        + (required ? " required" : "")
        + "></label>";
  }

  private String button(SignInText label, String look) {
    return "<button class=\"" + look + "\">" + say(label) + "</button>";
  }

  private String say(SignInText text) {
    return text.in(language);
  }

  private String page(SignInText title, String body) {
    return Pages.page(
        language.getLanguage(),
        title.in(language),
        STYLE,
        trouble.map(what -> "<p class=\"bad\" role=\"alert\">" + say(what) + "</p>").orElse("")
            + body);
  }
}
