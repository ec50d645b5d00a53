package dev.claudemesh.broker.net;

import dev.claudemesh.broker.kernel.HttpCall;
import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.broker.kernel.Metrics;
import dev.claudemesh.protocol.Access;
import dev.claudemesh.protocol.Catalog;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.invites.InviteReply;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.InetAddress;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// Everything that is answered over HTTP: the few pages of the broker itself, then the catalogue's
/// routes.
///
/// Runs on a virtual thread a call and may block.
public final class Site {
  private static final String NOT_FOUND = "not found";

  private final FrontDoor door;
  private final Health health;
  private final Metrics metrics;
  private final LimitsConfig.Sizes sizes;
  private final SignIn signIn;
  private final AccountPage account;
  private final boolean accounts;
  private final Router router = new Router();
  private final Catalog.Op preview = Catalog.operation("preview_invite").orElseThrow();

  /// @param accounts whether people may sign in
  /// @param mail whether the broker can mail codes
  Site(
      FrontDoor door,
      Health health,
      Metrics metrics,
      LimitsConfig limits,
      InstantSource clock,
      boolean accounts,
      boolean mail) {
    this.door = door;
    this.health = health;
    this.metrics = metrics;
    this.sizes = limits.sizes();
    Visitors visitors = new Visitors(door);
    this.signIn = new SignIn(visitors, limits.accounts(), clock, mail);
    this.account = new AccountPage(visitors);
    this.accounts = accounts;
  }

  /// A call before it was routed.
  ///
  /// @param headers by lower-case name
  record Ask(
      String method,
      String pathWithQuery,
      Map<String, String> headers,
      byte[] body,
      URI publicUrl,
      InetAddress remote) {
    boolean wantsHtml() {
      return headers.getOrDefault("accept", "").contains("text/html");
    }

    Locale language() {
      return PageText.language(headers.getOrDefault("accept-language", ""));
    }

    HttpCall call(Map<String, String> parameters) {
      return new HttpCall(method, pathWithQuery, parameters, headers, body, publicUrl, remote);
    }
  }

  HttpAnswer answer(Ask ask) {
    QueryStringDecoder target = new QueryStringDecoder(ask.pathWithQuery());
    List<String> segments;
    Map<String, List<String>> query;
    try {
      // Split before decoding: an escaped slash belongs to its segment.
      segments =
          Stream.of(
                  target.rawPath().substring(Math.min(1, target.rawPath().length())).split("/", -1))
              .map(segment -> QueryStringDecoder.decodeComponent(segment.replace("+", "%2B")))
              .toList();
      query = target.parameters();
    } catch (IllegalArgumentException e) {
      return error(
          new Problem(
              ProblemCode.MALFORMED,
              "The address is not encoded as addresses are: " + e.getMessage()));
    }
    if (segments.equals(List.of(SignIn.PATH))) {
      return accountsPage(ask, () -> signIn.show(ask, query), () -> signIn.act(ask));
    }
    if (segments.equals(List.of(AccountPage.PATH))) {
      return accountsPage(ask, () -> account.show(ask), () -> account.act(ask));
    }
    return page(ask, segments, query).orElseGet(() -> operation(ask, segments, query));
  }

  private Optional<HttpAnswer> page(
      Ask ask, List<String> segments, Map<String, List<String>> query) {
    if (!ask.method().equals("GET")) {
      return Optional.empty();
    }
    return switch (String.join("/", segments)) {
      case "" -> Optional.of(Pages.home(ask.wantsHtml(), ask.language(), ask.publicUrl()));
      case "health" -> Optional.of(health.health());
      case "health/ready" -> Optional.of(health.ready());
      case "metrics" -> Optional.of(metricsPage());
      case String path
          when segments.size() == 2 && segments.getFirst().equals("i") && !path.endsWith("/") ->
          Optional.of(invitePage(ask, segments.getLast(), query));
      case String other -> Optional.empty();
    };
  }

  private HttpAnswer accountsPage(Ask ask, Supplier<HttpAnswer> show, Supplier<HttpAnswer> act) {
    if (!accounts) {
      return HttpAnswer.text(404, NOT_FOUND);
    }
    try {
      return switch (ask.method()) {
        case "GET" -> show.get();
        case "POST" -> act.get();
        case String other -> HttpAnswer.text(404, NOT_FOUND);
      };
    } catch (Problem problem) {
      return Pages.refusal(
          ask.language(), problem.code().httpStatus(), SignIn.text(problem).in(ask.language()));
    }
  }

  private HttpAnswer metricsPage() {
    health.databaseUp();
    HttpAnswer text = HttpAnswer.text(200, metrics.scrape());
    return new HttpAnswer(200, "text/plain; version=0.0.4; charset=utf-8", text.body(), Map.of());
  }

  private HttpAnswer invitePage(Ask ask, String code, Map<String, List<String>> query) {
    try {
      ObjectNode fields = Wire.mapper().createObjectNode().put("code", code);
      InviteReply.Preview offer =
          (InviteReply.Preview) door.call(ask.call(Map.of("code", code)), preview, fields);
      String link = ask.publicUrl() + "/i/" + code;
      if (!ask.wantsHtml()) {
        return Pages.invite(offer, link);
      }
      Optional<String> asked = query.getOrDefault("as", List.of()).stream().findFirst();
      return Pages.invite(
          ask.language(),
          offer,
          link,
          asked.or(() -> accounts ? signIn.name(ask) : Optional.empty()));
    } catch (Problem problem) {
      return Pages.noInvite(ask.wantsHtml(), ask.language(), problem);
    }
  }

  private HttpAnswer operation(Ask ask, List<String> segments, Map<String, List<String>> query) {
    Optional<Router.Match> match = router.match(ask.method(), segments);
    if (match.isEmpty()) {
      return HttpAnswer.text(404, NOT_FOUND);
    }
    Catalog.Op op = match.get().op();
    Map<String, String> parameters = match.get().parameters();
    try {
      int cap = op.operation().access() == Access.OPEN ? sizes.frameBytes() : sizes.httpBodyBytes();
      if (ask.body().length > cap) {
        throw new Problem(
            ProblemCode.TOO_LARGE,
            "The body has " + ask.body().length + " bytes; the limit is " + cap);
      }
      ObjectNode fields = HttpFields.of(op, ask.body(), query, parameters);
      ObjectNode reply = Wire.tree(door.call(ask.call(parameters), op, fields), Optional.empty());
      reply.remove("type");
      return HttpAnswer.json(200, reply);
    } catch (Problem problem) {
      return switch (op.type()) {
        case "hook_set_status" -> hookError(problem);
        case "join", "cli_sync" -> joinError(problem);
        case String other -> error(problem);
      };
    }
  }

  /// The one shape of a failure over HTTP.
  static HttpAnswer error(Problem problem) {
    return error(problem, problem.code().httpStatus());
  }

  private static HttpAnswer error(Problem problem, int status) {
    ObjectNode body = Wire.mapper().createObjectNode();
    body.put("ok", false);
    body.put("error", problem.code().wireName());
    body.put("message", problem.getMessage());
    body.put("retryable", problem.code().retryable());
    if (problem.code() == ProblemCode.SLOW_DOWN) {
      body.put("slow_down", true);
    }
    problem.details().ifPresent(details -> body.set("details", details));
    return HttpAnswer.json(status, body);
  }

  /// Old clients of `/join` and `/cli-sync` know 400 for whatever is wrong with what they send.
  private static HttpAnswer joinError(Problem problem) {
    return switch (problem.code().category()) {
      case INVALID, UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, CONFLICT, GONE -> error(problem, 400);
      case TOO_LARGE, RATE_LIMITED, BUSY, NETWORK, INTERNAL -> error(problem);
    };
  }

  /// Hooks of old clients get a text, and 500 for what cannot be read.
  private static HttpAnswer hookError(Problem problem) {
    return switch (problem.code().category()) {
      case RATE_LIMITED -> hookError(429, "rate limited");
      case TOO_LARGE -> hookError(413, "payload too large");
      case INVALID,
          UNAUTHENTICATED,
          FORBIDDEN,
          NOT_FOUND,
          CONFLICT,
          GONE,
          BUSY,
          NETWORK,
          INTERNAL ->
          hookError(500, problem.getMessage());
    };
  }

  private static HttpAnswer hookError(int status, String text) {
    ObjectNode body = Wire.mapper().createObjectNode();
    body.put("ok", false);
    body.put("error", text);
    return HttpAnswer.json(status, body);
  }
}
