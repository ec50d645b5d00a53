package dev.claudemesh.broker.net;

import static dev.claudemesh.broker.net.Look.escape;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.accounts.AccountReply;
import dev.claudemesh.protocol.accounts.AccountReply.Token;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// The page `/account`: somebody who is signed in sees their tokens and machines, makes a token,
/// and ends one. Every value is escaped; a token stands in the one answer that made it.
final class AccountPage {
  static final String PATH = "account";

  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("yyyy-MM-dd", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final int LONGEST_NAME = 100;

  private final Visitors visitors;

  AccountPage(Visitors visitors) {
    this.visitors = visitors;
  }

  HttpAnswer show(Site.Ask ask) {
    return show(ask, Optional.empty(), Optional.empty());
  }

  /// @param made a token that was made just now
  private HttpAnswer show(
      Site.Ask ask, Optional<AccountReply.TokenCreated> made, Optional<Problem> failed) {
    Optional<AccountReply.Profile> self = visitors.profile(ask);
    if (self.isEmpty()) {
      return to("/" + SignIn.PATH);
    }
    Locale language = ask.language();
    String key = Visitors.formKey(ask);
    String body =
        failed
                .map(problem ->
                    "<p class=\"bad\" role=\"alert\">" + text(problem).in(language) + "</p>")
                .orElse("")
            + made.map(token -> fresh(language, token)).orElse("")
            + "<h2>"
            + PageText.TOKENS.in(language)
            + "</h2>"
            + list(language, key, "revoke_token", tokens(ask, "list_access_tokens"))
            + maker(language, key)
            + "<h2>"
            + PageText.MACHINES.in(language)
            + "</h2>"
            + list(language, key, "revoke_session", tokens(ask, "list_account_sessions"))
            + "<footer><span>"
            + PageText.SIGNED_IN_AS.in(language)
            + " "
            + escape(self.get().user().email())
            + "</span><a href=\"/cli-auth\">"
            + PageText.CODE_TITLE.in(language)
            + "</a></footer>";
    return HttpAnswer.html(
        failed.map(problem -> problem.code().httpStatus()).orElse(200),
        Look.page(language, PageText.ACCOUNT.in(language), "", "wide", body),
        Look.HEADERS);
  }

  HttpAnswer act(Site.Ask ask) {
    Optional<Map<String, List<String>>> sent = Visitors.form(ask);
    if (sent.isEmpty() || !Visitors.isOurs(ask)) {
      return Pages.refusal(ask.language(), 403, PageText.NOT_OURS.in(ask.language()));
    }
    Map<String, List<String>> form = sent.get();
    String key = Visitors.first(form, "key");
    ObjectNode id = Wire.mapper().createObjectNode().put("id", Visitors.first(form, "id"));
    try {
      switch (Visitors.first(form, "action")) {
        case "make" -> {
          return show(ask, Optional.of(made(ask, form, key)), Optional.empty());
        }
        case "revoke_token" -> visitors.call(ask, "DELETE", "revoke_access_token", id, key);
        case "revoke_session" -> visitors.call(ask, "DELETE", "revoke_account_session", id, key);
        case String other ->
            throw new Problem(ProblemCode.INVALID_REQUEST, "There is no such action");
      }
      return to("/" + PATH);
    } catch (Problem problem) {
      return show(ask, Optional.empty(), Optional.of(problem));
    }
  }

  private AccountReply.TokenCreated made(Site.Ask ask, Map<String, List<String>> form, String key) {
    ObjectNode fields =
        Wire.mapper()
            .createObjectNode()
            .put("name", Visitors.first(form, "name").strip())
            .put("expires", Visitors.first(form, "expires"));
    return (AccountReply.TokenCreated)
        visitors.call(ask, "POST", "create_access_token", fields, key);
  }

  private List<Token> tokens(Site.Ask ask, String operation) {
    ObjectNode nothing = Wire.mapper().createObjectNode();
    return ((AccountReply.Tokens) visitors.call(ask, "GET", operation, nothing, "")).tokens();
  }

  private static PageText text(Problem problem) {
    return problem.code() == ProblemCode.LIMIT ? PageText.TOO_MANY : SignIn.text(problem);
  }

  private static String fresh(Locale language, AccountReply.TokenCreated made) {
    return "<p class=\"note\" role=\"status\">"
        + PageText.TOKEN_MADE.in(language)
        + (made.expiresAt().isEmpty() ? " " + PageText.NEVER_WARNING.in(language) : "")
        + "</p><pre>"
        + escape(made.token())
        + "</pre>";
  }

  private static String list(Locale language, String key, String action, List<Token> tokens) {
    if (tokens.isEmpty()) {
      return "<p class=\"soft\">" + PageText.NO_TOKENS.in(language) + "</p>";
    }
    StringBuilder list = new StringBuilder("<ul>");
    for (Token token : tokens) {
      list.append("<li><span>")
          .append(escape(token.name()))
          .append("<small>")
          .append(token.device().map(device -> escape(device) + " · ").orElse(""))
          .append(used(language, token.lastUsedAt()))
          .append(" · ")
          .append(end(language, token.expiresAt()))
          .append("</small></span>")
          .append(form(action, key, hidden("id", token.id()) + revoke(language, token)))
          .append("</li>");
    }
    return list.append("</ul>").toString();
  }

  private static String used(Locale language, Optional<Instant> at) {
    return at.map(time -> PageText.LAST_USED.in(language, DAY.format(time)))
        .orElse(PageText.NEVER_USED.in(language));
  }

  private static String end(Locale language, Optional<Instant> at) {
    return at.map(time -> PageText.ENDS_ON.in(language, DAY.format(time)))
        .orElse(PageText.NEVER_ENDS.in(language));
  }

  /// Named for who hears the page: a list of buttons that are all called the same helps nobody.
  private static String revoke(Locale language, Token token) {
    String word = PageText.REVOKE.in(language);
    return "<button class=\"plain\" aria-label=\""
        + word
        + " "
        + escape(token.name())
        + "\">"
        + word
        + "</button>";
  }

  private static String maker(Locale language, String key) {
    return form(
        "make",
        key,
        "<label>"
            + PageText.TOKEN_FOR.in(language)
            + "<input name=\"name\" maxlength=\""
            + LONGEST_NAME
            + "\" autocomplete=\"off\" required></label><label>"
            + PageText.GOOD_FOR.in(language)
            + "<select name=\"expires\">"
            + life("30d", PageText.THIRTY_DAYS, language)
            + life("90d", PageText.NINETY_DAYS, language)
            + life("1y", PageText.ONE_YEAR, language).replace("\">", "\" selected>")
            + life("never", PageText.FOR_EVER, language)
            + "</select></label><button class=\"main\">"
            + PageText.MAKE_TOKEN.in(language)
            + "</button>");
  }

  private static String life(String value, PageText text, Locale language) {
    return "<option value=\"" + value + "\">" + text.in(language) + "</option>";
  }

  private static String form(String action, String key, String inside) {
    return "<form method=\"post\" action=\"/account\">"
        + hidden("action", action)
        + hidden("key", key)
        + inside
        + "</form>";
  }

  private static String hidden(String name, String value) {
    return "<input type=\"hidden\" name=\"" + name + "\" value=\"" + escape(value) + "\">";
  }

  /// So that a reload sends nothing again.
  private static HttpAnswer to(String path) {
    Map<String, String> headers = new HashMap<>(Look.HEADERS);
    headers.put("location", path);
    return new HttpAnswer(303, "", new byte[0], headers);
  }
}
