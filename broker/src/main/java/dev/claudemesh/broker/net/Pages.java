package dev.claudemesh.broker.net;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.invites.InviteReply;
import java.net.URI;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// The two pages a browser may meet beside the sign-in: who answers here, and what an invite
/// offers. Every value is escaped; none is a secret.
final class Pages {
  private static final String DAY = "d MMMM yyyy, HH:mm 'UTC'";
  private static final String SPANISH_DAY = "d 'de' MMMM 'de' yyyy, HH:mm 'UTC'";

  /// A name that a shell takes as one word between single quotes.
  private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N} ._-]{1,100}");

  private Pages() {}

  static HttpAnswer home(boolean html, Locale language, URI publicUrl) {
    return html
        ? HttpAnswer.html(
            200,
            Look.page(
                language,
                "claudemesh",
                "<p>"
                    + PageText.HOME.in(language)
                    + "</p><p>"
                    + PageText.HOME_JOIN.in(language)
                    + "</p>"))
        : HttpAnswer.text(
            200,
            PageText.HOME.in(Locale.ENGLISH)
                + "\nIt answers at "
                + publicUrl
                + ". "
                + PageText.HOME_JOIN.in(Locale.ENGLISH)
                + "\n");
  }

  /// What an invite offers, in plain text.
  static HttpAnswer invite(InviteReply.Preview preview, String link) {
    String offer =
        preview.inviter()
            + " invites you to the mesh "
            + preview.meshName()
            + " as "
            + preview.role()
            + ".";
    String terms =
        "Members: "
            + preview.memberCount()
            + ". The invite ends on "
            + day(preview, Locale.ENGLISH)
            + (preview.usesLeft() == 1
                ? " or when it was used once."
                : " or when it was used " + preview.usesLeft() + " times.");
    return HttpAnswer.text(
        200,
        printable(offer)
            + "\n"
            + terms
            + "\n\nIn a terminal, run:\n\n  "
            + command(link, Optional.empty())
            + "\n");
  }

  /// The same as a page.
  ///
  /// @param name what the newcomer wants to be called, or is called in their account
  static HttpAnswer invite(
      Locale language, InviteReply.Preview preview, String link, Optional<String> name) {
    Optional<String> usable = name.map(String::strip).filter(NAME.asMatchPredicate());
    PageText lead = preview.inviter().isBlank() ? PageText.INVITED_BY_NOBODY : PageText.INVITED;
    String uses =
        preview.usesLeft() == 1
            ? PageText.ONE_NEWCOMER.in(language)
            : PageText.NEWCOMERS.in(language, preview.usesLeft());
    PageText role = preview.role().equals("admin") ? PageText.ADMIN : PageText.MEMBER;
    String body =
        "<p>"
            + lead.in(language, preview.inviter(), preview.meshName())
            + "</p><dl>"
            + fact(PageText.YOU_BECOME, language, role.in(language))
            + fact(PageText.MEMBERS, language, String.valueOf(preview.memberCount()))
            + fact(PageText.ENDS, language, day(preview, language))
            + fact(PageText.USES, language, uses)
            + "</dl><form class=\"go\" method=\"get\"><label>"
            + PageText.JOIN_AS.in(language)
            + "<input name=\"as\" maxlength=\"100\" autocomplete=\"name\" value=\""
            + Look.escape(usable.orElse(""))
            + "\"></label><button>"
            + PageText.SHOW.in(language)
            + "</button></form><p>"
            + PageText.RUN.in(language)
            + "</p><pre>"
            + Look.escape(command(link, usable))
            + "</pre>"
            + QrSvg.of(link, PageText.QR.in(language))
            + "<p class=\"soft\">"
            + PageText.FRAGMENT.in(language)
            + "</p><p class=\"soft\">"
            + PageText.KEYS_STAY.in(language)
            + "</p>";
    return HttpAnswer.html(
        200, Look.page(language, PageText.JOIN.in(language, preview.meshName()), "", "wide", body));
  }

  /// Why an invite cannot be shown.
  static HttpAnswer noInvite(boolean html, Locale language, Problem problem) {
    PageText why =
        switch (problem.code()) {
          case NOT_FOUND, INVALID_REQUEST -> PageText.NO_INVITE;
          case INVITE_REVOKED -> PageText.INVITE_WITHDRAWN;
          case INVITE_EXPIRED -> PageText.INVITE_ENDED;
          case INVITE_EXHAUSTED -> PageText.INVITE_TAKEN;
          case RATE_LIMITED -> PageText.TOO_OFTEN;
          default -> PageText.TROUBLE;
        };
    return html
        ? refusal(language, problem.code().httpStatus(), why.in(language))
        : HttpAnswer.text(problem.code().httpStatus(), problem.getMessage() + "\n");
  }

  /// @param message escaped
  static HttpAnswer refusal(Locale language, int status, String message) {
    return HttpAnswer.html(status, Look.told(language, message, false, ""));
  }

  private static String command(String link, Optional<String> name) {
    return "claudemesh join " + link + name.map(as -> " --as '" + as + "'").orElse("");
  }

  private static String day(InviteReply.Preview preview, Locale language) {
    return DateTimeFormatter.ofPattern(
            language.equals(PageText.SPANISH) ? SPANISH_DAY : DAY, language)
        .withZone(ZoneOffset.UTC)
        .format(preview.expiresAt());
  }

  private static String fact(PageText name, Locale language, String value) {
    return "<dt>" + name.in(language) + "</dt><dd>" + value + "</dd>";
  }

  /// A name must not move the cursor of the terminal it is shown in.
  private static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}
