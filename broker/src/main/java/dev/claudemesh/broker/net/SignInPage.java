package dev.claudemesh.broker.net;

import static dev.claudemesh.broker.net.Look.escape;

import dev.claudemesh.protocol.accounts.DeviceReply;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/// What stands on the sign-in page. Every value is escaped.
///
/// @param code what the terminal shows, or empty
/// @param typed what is filled in again
/// @param trouble what went wrong just now
record SignInPage(Locale language, String code, Typed typed, Optional<PageText> trouble) {

  /// Ways in for somebody who is not signed in.
  enum Way {
    PASSWORD,
    REGISTER;

    static Way of(String word) {
      return word.equals("register") ? REGISTER : PASSWORD;
    }
  }

  /// What somebody had typed when something went wrong; never a password.
  record Typed(String email, String name) {
    static final Typed NOTHING = new Typed("", "");

    private static final int LONGEST = 200;

    static Typed of(String email, String name) {
      return email.length() > LONGEST || name.length() > LONGEST ? NOTHING : new Typed(email, name);
    }
  }

  /// For somebody who is not signed in.
  String signIn(Way way) {
    return switch (way) {
      case PASSWORD ->
          page(
              PageText.TITLE,
              form(
                      "login",
                      "",
                      email()
                          + input(PageText.PASSWORD, "password", "password", "current-password", "")
                          + button(PageText.SIGN_IN, "main"))
                  + ways(link("register", PageText.REGISTER)));
      case REGISTER ->
          page(
              PageText.REGISTER,
              form(
                      "register",
                      "",
                      input(PageText.NAME, "name", "text", "name", typed.name())
                          + email()
                          + input(PageText.NEW_PASSWORD, "password", "password", "new-password", "")
                          + button(PageText.REGISTER, "main"))
                  + ways(link("password", PageText.HAVE_ONE)));
    };
  }

  private static String ways(String links) {
    return "<footer>" + links + "</footer>";
  }

  private String link(String way, PageText text) {
    return "<a href=\"/cli-auth?way="
        + way
        + (code.isEmpty() ? "" : "&amp;code=" + escape(encoded(code)))
        + "\">"
        + say(text)
        + "</a>";
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /// For somebody who is signed in and came without a code.
  String askCode(String email, String key) {
    return page(
        PageText.CODE_TITLE,
        "<p>"
            + say(PageText.ENTER_CODE)
            + "</p><form method=\"get\" action=\"/cli-auth\">"
            + "<label>"
            + say(PageText.CODE)
            + "<input name=\"code\" maxlength=\"20\" autocomplete=\"off\""
            + " autocapitalize=\"characters\" spellcheck=\"false\" placeholder=\"BCDF-GHJK\""
            + " required></label>"
            + button(PageText.NEXT, "main")
            + "</form>"
            + who(email, key));
  }

  /// Who asks to be let in, and what became of it.
  String card(DeviceReply.Waiting waiting, String email, String key, Instant now) {
    return switch (waiting.status()) {
      case PENDING -> pending(waiting, email, key, now);
      case APPROVED -> told(PageText.APPROVED, true);
      case DENIED -> told(PageText.DENIED, false);
      case EXPIRED -> told(PageText.EXPIRED, false);
    };
  }

  /// Loads itself again when the code ends, to say so.
  private String pending(DeviceReply.Waiting waiting, String email, String key, Instant now) {
    long seconds = Math.max(0, Duration.between(now, waiting.expiresAt()).toSeconds());
    String left = Math.ceilDiv(seconds, 60) + " " + say(PageText.MINUTES);
    return page(
        PageText.CARD_TITLE,
        "<meta http-equiv=\"refresh\" content=\"" + (seconds + 1) + "\">",
        "<p class=\"code\">"
            + escape(waiting.userCode())
            + "</p><dl>"
            + fact(PageText.MACHINE, escape(waiting.deviceName()))
            + waiting.device().map(device -> fact(PageText.SYSTEM, escape(device))).orElse("")
            + fact(PageText.ADDRESS, escape(waiting.address()))
            + fact(PageText.LEFT, left)
            + "</dl><p class=\"note\">"
            + say(PageText.WARNING)
            + "</p><div class=\"pair\">"
            + form("approve", key, button(PageText.APPROVE, "main"))
            + form("deny", key, button(PageText.DENY, ""))
            + "</div>"
            + who(email, key));
  }

  /// One sentence, and the way to another code.
  String told(PageText what, boolean good) {
    return Look.told(
        language,
        say(what),
        good,
        ways("<a href=\"/cli-auth\">" + say(PageText.ANOTHER_CODE) + "</a>"));
  }

  private String who(String email, String key) {
    return "<footer><span>"
        + say(PageText.SIGNED_IN_AS)
        + " "
        + escape(email)
        + "</span>"
        + form("logout", key, button(PageText.SIGN_OUT, "plain"))
        + "</footer>";
  }

  private String fact(PageText name, String value) {
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

  private String email() {
    return input(PageText.EMAIL, "email", "email", "username", typed.email());
  }

  private String input(
      PageText label, String name, String type, String autocomplete, String value) {
    return "<label>"
        + say(label)
        + "<input name=\""
        + name
        + "\" type=\""
        + type
        + "\" autocomplete=\""
        + autocomplete
        + "\" maxlength=\"200\""
        + (value.isEmpty() ? "" : " value=\"" + escape(value) + "\"")
        + (autocomplete.equals("new-password") ? " minlength=\"10\"" : "")
        + (name.equals("name") ? "" : " required")
        + "></label>";
  }

  private String button(PageText label, String look) {
    return "<button"
        + (look.isEmpty() ? "" : " class=\"" + look + "\"")
        + ">"
        + say(label)
        + "</button>";
  }

  private String say(PageText text) {
    return text.in(language);
  }

  private String page(PageText title, String body) {
    return page(title, "", body);
  }

  private String page(PageText title, String head, String body) {
    String alert =
        trouble.map(what -> "<p class=\"bad\" role=\"alert\">" + say(what) + "</p>").orElse("");
    return Look.page(language, say(title), head, "", alert + body);
  }
}
