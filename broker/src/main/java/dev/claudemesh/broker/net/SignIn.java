package dev.claudemesh.broker.net;

import dev.claudemesh.broker.kernel.AccountCookie;
import dev.claudemesh.broker.kernel.AccountLimits;
import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.broker.net.SignInPage.Typed;
import dev.claudemesh.broker.net.SignInPage.Way;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.accounts.AccountReply;
import dev.claudemesh.protocol.accounts.DeviceReply;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// The page `/cli-auth`: people sign in, and let a command line in. Forms that post to the page
/// itself, and a cookie.
final class SignIn {
  static final String PATH = "cli-auth";

  private static final int LONGEST_CODE = 64;

  private final Visitors visitors;
  private final AccountLimits limits;
  private final InstantSource clock;
  private final boolean mail;

  /// @param mail whether the broker can mail codes
  SignIn(Visitors visitors, AccountLimits limits, InstantSource clock, boolean mail) {
    this.mail = mail;
    this.visitors = visitors;
    this.limits = limits;
    this.clock = clock;
  }

  HttpAnswer show(Site.Ask ask, Map<String, List<String>> query) {
    Way way = Way.of(Visitors.first(query, "way"));
    return show(ask, Visitors.first(query, "code"), way, Typed.NOTHING, Optional.empty());
  }

  /// What whoever has the cookie is called; nobody in particular where that cannot be told.
  Optional<String> name(Site.Ask ask) {
    try {
      return visitors.profile(ask).map(self -> self.user().displayName());
    } catch (Problem problem) {
      return Optional.empty();
    }
  }

  /// @throws Problem where there are no accounts
  private HttpAnswer show(
      Site.Ask ask, String asked, Way way, Typed typed, Optional<Problem> failed) {
    String code = asked.length() > LONGEST_CODE ? "" : asked.strip();
    SignInPage page = new SignInPage(ask.language(), code, typed, failed.map(SignIn::text));
    int status = failed.map(problem -> problem.code().httpStatus()).orElse(200);
    Optional<AccountReply.Profile> self = visitors.profile(ask);
    if (self.isEmpty()) {
      return html(status, page.signIn(way, mail));
    }
    String email = self.get().user().email();
    String key = Visitors.formKey(ask);
    if (code.isEmpty()) {
      return html(status, page.askCode(email, key));
    }
    try {
      ObjectNode fields = Wire.mapper().createObjectNode().put("code", code);
      DeviceReply.Waiting waiting =
          (DeviceReply.Waiting) visitors.call(ask, "GET", "show_device_login", fields, "");
      return html(status, page.card(waiting, email, key, clock.instant()));
    } catch (Problem problem) {
      PageText what =
          switch (problem.code().category()) {
            case INVALID, NOT_FOUND -> PageText.NO_SUCH_CODE;
            case UNAUTHENTICATED,
                FORBIDDEN,
                CONFLICT,
                GONE,
                TOO_LARGE,
                RATE_LIMITED,
                BUSY,
                NETWORK,
                INTERNAL ->
                text(problem);
          };
      SignInPage again = new SignInPage(page.language(), "", typed, Optional.of(what));
      return html(problem.code().httpStatus(), again.askCode(email, key));
    }
  }

  HttpAnswer act(Site.Ask ask) {
    Optional<Map<String, List<String>>> sent = Visitors.form(ask);
    if (sent.isEmpty()) {
      return html(400, plain(ask).told(PageText.TROUBLE, false));
    }
    Map<String, List<String>> form = sent.get();
    if (!Visitors.isOurs(ask)) {
      return html(403, plain(ask).told(PageText.NOT_OURS, false));
    }
    String code = Visitors.first(form, "code");
    try {
      return done(ask, form, code);
    } catch (Problem problem) {
      Typed typed = Typed.of(Visitors.first(form, "email"), Visitors.first(form, "name"));
      return show(ask, code, Way.of(Visitors.first(form, "way")), typed, Optional.of(problem));
    }
  }

  private HttpAnswer done(Site.Ask ask, Map<String, List<String>> form, String code) {
    String key = Visitors.first(form, "key");
    ObjectNode device = Wire.mapper().createObjectNode().put("code", code);
    ObjectNode nothing = Wire.mapper().createObjectNode();
    switch (Visitors.first(form, "action")) {
      case "login" -> {
        return login(ask, form, code);
      }
      case "register" -> {
        return register(ask, form, code);
      }
      case "send" -> {
        send(ask, form);
        Way next = Way.of(Visitors.first(form, "way")) == Way.FORGOT ? Way.RESET : Way.ENTER;
        return show(ask, code, next, Typed.of(Visitors.first(form, "email"), ""), Optional.empty());
      }
      case "enter" -> {
        return signedIn(ask, "login_by_code", byCode(form), code);
      }
      case "reset" -> {
        ObjectNode fields = byCode(form).put("password", Visitors.first(form, "password"));
        visitors.call(ask, "POST", "reset_password", fields, "");
        return login(ask, form, code);
      }
      case "approve" -> visitors.call(ask, "POST", "approve_device_login", device, key);
      case "deny" -> visitors.call(ask, "POST", "deny_device_login", device, key);
      case "logout" -> {
        visitors.call(ask, "POST", "logout_account", nothing, key);
        return back(code, Optional.of(AccountCookie.clear(ask.publicUrl())));
      }
      case String other ->
          throw new Problem(ProblemCode.INVALID_REQUEST, "There is no such action");
    }
    return back(code, Optional.empty());
  }

  /// Where codes are mailed, whoever gets one chooses the password; until then nobody knows it.
  private HttpAnswer register(Site.Ask ask, Map<String, List<String>> form, String code) {
    ObjectNode fields = person(form);
    Optional.of(Visitors.first(form, "name").strip())
        .filter(name -> !name.isEmpty())
        .ifPresent(name -> fields.put("name", name));
    if (!mail) {
      visitors.call(ask, "POST", "register_account", fields, "");
      return login(ask, form, code);
    }
    visitors.call(ask, "POST", "register_account", fields.put("password", Ids.token()), "");
    send(ask, form);
    return show(
        ask, code, Way.RESET, Typed.of(Visitors.first(form, "email"), ""), Optional.empty());
  }

  private void send(Site.Ask ask, Map<String, List<String>> form) {
    ObjectNode fields =
        Wire.mapper().createObjectNode().put("email", Visitors.first(form, "email"));
    visitors.call(ask, "POST", "send_login_code", fields, "");
  }

  private static ObjectNode byCode(Map<String, List<String>> form) {
    return Wire.mapper()
        .createObjectNode()
        .put("email", Visitors.first(form, "email"))
        .put("code", Visitors.first(form, "digits"));
  }

  private HttpAnswer login(Site.Ask ask, Map<String, List<String>> form, String code) {
    return signedIn(ask, "login_account", person(form), code);
  }

  private HttpAnswer signedIn(Site.Ask ask, String operation, ObjectNode fields, String code) {
    fields.put("browser", true).put("device_name", "browser");
    AccountReply.SignedIn in =
        (AccountReply.SignedIn) visitors.call(ask, "POST", operation, fields, "");
    return back(code, Optional.of(AccountCookie.set(ask.publicUrl(), in.token(), limits.web())));
  }

  private static ObjectNode person(Map<String, List<String>> form) {
    return Wire.mapper()
        .createObjectNode()
        .put("email", Visitors.first(form, "email"))
        .put("password", Visitors.first(form, "password"));
  }

  static PageText text(Problem problem) {
    return switch (problem.code()) {
      case WRONG_PASSWORD -> PageText.WRONG_PASSWORD;
      case WRONG_CODE -> PageText.WRONG_CODE;
      case UNPROVEN_ADDRESS -> PageText.UNPROVEN;
      case NOT_FOUND -> PageText.NO_SUCH_CODE;
      case CODE_EXPIRED -> PageText.EXPIRED;
      case EXISTS -> PageText.DECIDED;
      case RATE_LIMITED -> PageText.TOO_OFTEN;
      case INVALID_REQUEST -> PageText.BAD_INPUT;
      case FORBIDDEN -> PageText.NOT_OURS;
      default -> PageText.TROUBLE;
    };
  }

  private static SignInPage plain(Site.Ask ask) {
    return new SignInPage(ask.language(), "", Typed.NOTHING, Optional.empty());
  }

  private static HttpAnswer html(int status, String page) {
    return HttpAnswer.html(status, page, Look.HEADERS);
  }

  /// Back to the page, so that a reload sends nothing again.
  private static HttpAnswer back(String code, Optional<String> cookie) {
    Map<String, String> headers = new HashMap<>(Look.HEADERS);
    headers.put(
        "location",
        "/"
            + PATH
            + (code.isBlank() ? "" : "?code=" + URLEncoder.encode(code, StandardCharsets.UTF_8)));
    cookie.ifPresent(value -> headers.put("set-cookie", value));
    return new HttpAnswer(303, "", new byte[0], headers);
  }
}
