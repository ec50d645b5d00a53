package dev.claudemesh.broker.net;

import static dev.claudemesh.broker.net.Look.escape;

import dev.claudemesh.protocol.accounts.DeviceReply;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// What stands on the sign-in page. Every value is escaped.
///
/// @param code what the terminal shows, or empty
/// @param typed what is filled in again
/// @param trouble what went wrong just now
record SignInPage(Locale language, String code, Typed typed, Optional<PageText> trouble) {

  /// Ways in for somebody who is not signed in.
  enum Way {
    PASSWORD,
    REGISTER,
    /// To have a code mailed, and sign in by it.
    CODE,
    /// To have a code mailed, and set another password by it.
    FORGOT,
    ENTER,
    RESET;

    static Way of(String word) {
      return Stream.of(values())
          .filter(way -> way.word().equals(word))
          .findFirst()
          .orElse(PASSWORD);
    }

    String word() {
      return name().toLowerCase(Locale.ROOT);
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
  ///
  /// @param mail whether the broker can mail codes
  String signIn(Way asked, boolean mail) {
    Way way = mail || asked == Way.REGISTER ? asked : Way.PASSWORD;
    return switch (way) {
      case PASSWORD -> password(mail);
      case REGISTER -> register(mail);
      case CODE, FORGOT ->
          page(
              way == Way.CODE ? PageText.BY_CODE : PageText.NEW_PASSWORD_TITLE,
              form("send", way, email() + button(PageText.SEND_CODE, "main"))
                  + ways(link(Way.PASSWORD, PageText.BY_PASSWORD)));
      case ENTER ->
          page(
              PageText.BY_CODE,
              sent()
                  + form("enter", way, email() + digits() + button(PageText.SIGN_IN, "main"))
                  + ways(link(Way.CODE, PageText.ANOTHER_MAIL)));
      case RESET ->
          page(
              PageText.NEW_PASSWORD_TITLE,
              sent()
                  + form(
                      "reset",
                      way,
                      email() + digits() + newPassword() + button(PageText.SAVE, "main"))
                  + ways(link(Way.FORGOT, PageText.ANOTHER_MAIL)));
    };
  }

  private String password(boolean mail) {
    String fields =
        email()
            + input(PageText.PASSWORD, "password", "password", "current-password", "")
            + button(PageText.SIGN_IN, "main");
    String byMail =
        mail ? link(Way.CODE, PageText.BY_CODE) + link(Way.FORGOT, PageText.FORGOT) : "";
    return page(
        PageText.TITLE,
        form("login", Way.PASSWORD, fields) + ways(byMail + link(Way.REGISTER, PageText.REGISTER)));
  }

  /// Where mail is sent, the password is chosen by whoever reads it.
  private String register(boolean mail) {
    String fields =
        input(PageText.NAME, "name", "text", "name", typed.name())
            + email()
            + (mail
                ? button(PageText.SEND_CODE, "main")
                : newPassword() + button(PageText.REGISTER, "main"));
    return page(
        PageText.REGISTER,
        form("register", Way.REGISTER, fields) + ways(link(Way.PASSWORD, PageText.HAVE_ONE)));
  }

  private String sent() {
    return "<p class=\"note\" role=\"status\">" + say(PageText.CODE_SENT) + "</p>";
  }

  private String digits() {
    return "<label>"
        + say(PageText.MAILED_CODE)
        + "<input name=\"digits\" inputmode=\"numeric\" autocomplete=\"one-time-code\""
        + " maxlength=\"20\" required></label>";
  }

  private String newPassword() {
    return input(PageText.NEW_PASSWORD, "password", "password", "new-password", "");
  }

  private String form(String action, Way way, String inside) {
    return form(action, "", hidden("way", way.word()) + inside);
  }

  private static String ways(String links) {
    return "<footer>" + links + "</footer>";
  }

  private String link(Way way, PageText text) {
    return "<a href=\"/cli-auth?way="
        + way.word()
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
            + ways("<a href=\"/account\">" + say(PageText.ACCOUNT) + "</a>")
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
