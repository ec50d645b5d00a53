package dev.claudemesh.broker.net;

import dev.claudemesh.protocol.invites.InviteReply;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Locale;

/// The two pages a browser may meet: who answers here, and what an invite offers. Every value is
/// escaped; none is a secret.
final class Pages {
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);
  private static final String STYLE =
      "body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0"
          + " 1rem}pre{background:#8881;padding:1rem;overflow:auto;border-radius:.4rem}:root{color-scheme:light"
          + " dark}";

  private Pages() {}

  static HttpAnswer home(boolean html, URI publicUrl) {
    String lead =
        "A claudemesh broker: it carries encrypted messages between Claude Code sessions.";
    return html
        ? HttpAnswer.html(
            200,
            page(
                "claudemesh",
                "<p>"
                    + escape(lead)
                    + "</p><p>To join a mesh here you need an invite from one of its members.</p>"))
        : HttpAnswer.text(
            200,
            lead
                + "\nIt answers at "
                + publicUrl
                + ". To join a mesh here you need an invite from one of its members.\n");
  }

  static HttpAnswer invite(boolean html, InviteReply.Preview preview, String link) {
    String command = "claudemesh join " + link;
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
            + DAY.format(preview.expiresAt())
            + (preview.usesLeft() == 1
                ? " or when it was used once."
                : " or when it was used " + preview.usesLeft() + " times.");
    return html
        ? HttpAnswer.html(
            200,
            page(
                "Join " + preview.meshName(),
                "<p>"
                    + escape(offer)
                    + "</p><p>"
                    + escape(terms)
                    + "</p><p>In a terminal, run:</p><pre>"
                    + escape(command)
                    + "</pre>"))
        : HttpAnswer.text(
            200,
            printable(offer) + "\n" + terms + "\n\nIn a terminal, run:\n\n  " + command + "\n");
  }

  static HttpAnswer refusal(boolean html, int status, String message) {
    return html
        ? HttpAnswer.html(status, page("claudemesh", "<p>" + escape(message) + "</p>"))
        : HttpAnswer.text(status, message + "\n");
  }

  private static String page(String title, String body) {
    return page("en", escape(title), STYLE, body);
  }

  /// @param title escaped
  static String page(String language, String title, String style, String body) {
    return "<!doctype html><html lang=\""
        + language
        + "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\""
        + " content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\"><title>"
        + title
        + "</title><style>"
        + style
        + "</style></head><body><h1>"
        + title
        + "</h1>"
        + body
        + "</body></html>\n";
  }

  /// By which a content security policy allows one style and no other.
  static String hashOf(String style) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(style.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  /// A name must not move the cursor of the terminal it is shown in.
  private static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
