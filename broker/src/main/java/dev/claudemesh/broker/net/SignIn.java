package dev.claudemesh.broker.net;

import dev.claudemesh.broker.kernel.AccountCookie;
import dev.claudemesh.broker.kernel.AccountLimits;
import dev.claudemesh.broker.kernel.HttpCall;
import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.broker.net.SignInPage.Typed;
import dev.claudemesh.broker.net.SignInPage.Way;
import dev.claudemesh.protocol.Catalog;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.accounts.AccountReply;
import dev.claudemesh.protocol.accounts.AccountToken;
import dev.claudemesh.protocol.accounts.DeviceReply;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// The page `/cli-auth`: people sign in, and let a command line in. Forms that post to the page
/// itself, and a cookie; what they do goes through the front door like any other call.
///
/// A form is taken only from our own page: browsers say where a form came from, and one that does
/// something for an account carries a key that follows from its cookie.
final class SignIn {
  static final String PATH = "cli-auth";

  private static final int MOST_FORM_BYTES = 8_192;
  private static final int LONGEST_CODE = 64;

  private final FrontDoor door;
  private final AccountLimits limits;
  private final InstantSource clock;
  private final boolean mail;

  /// @param mail whether the broker can mail codes
  SignIn(FrontDoor door, AccountLimits limits, InstantSource clock, boolean mail) {
    this.mail = mail;
    this.door = door;
    this.limits = limits;
    this.clock = clock;
  }

  HttpAnswer show(Site.Ask ask, Map<String, List<String>> query) {
    Way way = Way.of(first(query, "way"));
    return show(ask, first(query, "code"), way, Typed.NOTHING, Optional.empty());
  }

  /// What whoever has the cookie is called; nobody in particular where that cannot be told.
  Optional<String> name(Site.Ask ask) {
    try {
      return profile(ask).map(self -> self.user().displayName());
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
    Optional<AccountReply.Profile> self = profile(ask);
    if (self.isEmpty()) {
      return html(status, page.signIn(way, mail));
    }
    String email = self.get().user().email();
    String key = cookie(ask).map(AccountToken::formKey).orElse("");
    if (code.isEmpty()) {
      return html(status, page.askCode(email, key));
    }
    try {
      ObjectNode fields = Wire.mapper().createObjectNode().put("code", code);
      DeviceReply.Waiting waiting =
          (DeviceReply.Waiting) call(ask, "GET", "show_device_login", fields, "");
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
    if (ask.body().length > MOST_FORM_BYTES) {
      return html(413, plain(ask).told(PageText.TROUBLE, false));
    }
    Map<String, List<String>> form;
    try {
      form =
          new QueryStringDecoder(new String(ask.body(), StandardCharsets.UTF_8), false)
              .parameters();
    } catch (IllegalArgumentException e) {
      return html(400, plain(ask).told(PageText.TROUBLE, false));
    }
    if (!isOurs(ask)) {
      return html(403, plain(ask).told(PageText.NOT_OURS, false));
    }
    String code = first(form, "code");
    try {
      return done(ask, form, code);
    } catch (Problem problem) {
      Typed typed = Typed.of(first(form, "email"), first(form, "name"));
      return show(ask, code, Way.of(first(form, "way")), typed, Optional.of(problem));
    }
  }

  private HttpAnswer done(Site.Ask ask, Map<String, List<String>> form, String code) {
    String key = first(form, "key");
    ObjectNode device = Wire.mapper().createObjectNode().put("code", code);
    ObjectNode nothing = Wire.mapper().createObjectNode();
    switch (first(form, "action")) {
      case "login" -> {
        return login(ask, form, code);
      }
      case "register" -> {
        return register(ask, form, code);
      }
      case "send" -> {
        send(ask, form);
        Way next = Way.of(first(form, "way")) == Way.FORGOT ? Way.RESET : Way.ENTER;
        return show(ask, code, next, Typed.of(first(form, "email"), ""), Optional.empty());
      }
      case "enter" -> {
        return signedIn(ask, "login_by_code", byCode(form), code);
      }
      case "reset" -> {
        ObjectNode fields = byCode(form).put("password", first(form, "password"));
        call(ask, "POST", "reset_password", fields, "");
        return login(ask, form, code);
      }
      case "approve" -> call(ask, "POST", "approve_device_login", device, key);
      case "deny" -> call(ask, "POST", "deny_device_login", device, key);
      case "logout" -> {
        call(ask, "POST", "logout_account", nothing, key);
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
    Optional.of(first(form, "name").strip())
        .filter(name -> !name.isEmpty())
        .ifPresent(name -> fields.put("name", name));
    if (!mail) {
      call(ask, "POST", "register_account", fields, "");
      return login(ask, form, code);
    }
    call(ask, "POST", "register_account", fields.put("password", Ids.token()), "");
    send(ask, form);
    return show(ask, code, Way.RESET, Typed.of(first(form, "email"), ""), Optional.empty());
  }

  private void send(Site.Ask ask, Map<String, List<String>> form) {
    ObjectNode fields = Wire.mapper().createObjectNode().put("email", first(form, "email"));
    call(ask, "POST", "send_login_code", fields, "");
  }

  private static ObjectNode byCode(Map<String, List<String>> form) {
    return Wire.mapper()
        .createObjectNode()
        .put("email", first(form, "email"))
        .put("code", first(form, "digits"));
  }

  private HttpAnswer login(Site.Ask ask, Map<String, List<String>> form, String code) {
    return signedIn(ask, "login_account", person(form), code);
  }

  private HttpAnswer signedIn(Site.Ask ask, String operation, ObjectNode fields, String code) {
    fields.put("browser", true).put("device_name", "browser");
    AccountReply.SignedIn in = (AccountReply.SignedIn) call(ask, "POST", operation, fields, "");
    return back(code, Optional.of(AccountCookie.set(ask.publicUrl(), in.token(), limits.web())));
  }

  private static ObjectNode person(Map<String, List<String>> form) {
    return Wire.mapper()
        .createObjectNode()
        .put("email", first(form, "email"))
        .put("password", first(form, "password"));
  }

  private Optional<AccountReply.Profile> profile(Site.Ask ask) {
    if (cookie(ask).isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          (AccountReply.Profile)
              call(ask, "GET", "account_profile", Wire.mapper().createObjectNode(), ""));
    } catch (Problem problem) {
      return switch (problem.code().category()) {
        case UNAUTHENTICATED -> Optional.empty();
        case INVALID,
            FORBIDDEN,
            NOT_FOUND,
            CONFLICT,
            GONE,
            TOO_LARGE,
            RATE_LIMITED,
            BUSY,
            NETWORK,
            INTERNAL ->
            throw problem;
      };
    }
  }

  private static Optional<AccountToken> cookie(Site.Ask ask) {
    return AccountCookie.in(ask.call(Map.of())).flatMap(AccountToken::of);
  }

  /// One call through the front door, for whoever has the cookie.
  private Reply call(
      Site.Ask ask, String method, String operation, ObjectNode fields, String formKey) {
    Map<String, String> headers = new HashMap<>(ask.headers());
    headers.remove("authorization");
    headers.put("x-form-key", formKey);
    HttpCall call =
        new HttpCall(
            method,
            ask.pathWithQuery(),
            Map.of(),
            headers,
            new byte[0],
            ask.publicUrl(),
            ask.remote());
    return door.call(call, Catalog.operation(operation).orElseThrow(), fields);
  }

  /// Whether a form came from our own page, as the browser says; what is no browser says nothing.
  private static boolean isOurs(Site.Ask ask) {
    Optional<String> site = Optional.ofNullable(ask.headers().get("sec-fetch-site"));
    if (site.isPresent()) {
      return site.get().equals("same-origin");
    }
    String origin = ask.headers().getOrDefault("origin", "");
    return origin.isEmpty()
        || Stream.of(ask.headers().getOrDefault("host", ""), ask.publicUrl().getRawAuthority())
            .anyMatch(host -> host.equalsIgnoreCase(authority(origin)));
  }

  private static String authority(String origin) {
    try {
      return Optional.ofNullable(URI.create(origin).getRawAuthority()).orElse("");
    } catch (IllegalArgumentException e) {
      return "";
    }
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

  private static String first(Map<String, List<String>> values, String name) {
    return values.getOrDefault(name, List.of("")).getFirst();
  }
}
