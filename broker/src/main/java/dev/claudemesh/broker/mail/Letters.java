package dev.claudemesh.broker.mail;

import dev.claudemesh.protocol.invites.InviteReply;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// What the broker's mails say, in English and below that in Spanish.
///
/// Names are chosen by people who may want to write to strangers in our name: of those, only what
/// no mail program makes a link of is kept.
public final class Letters {
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final int LONGEST_NAME = 80;

  private Letters() {}

  /// An invite. The link leads to what anybody may read who has it: no key is in it.
  public static Mail invite(String to, InviteReply.Preview offer, String link) {
    String mesh = name(offer.meshName());
    String inviter = offer.inviter().isBlank() ? "Somebody" : name(offer.inviter());
    String alguien = offer.inviter().isBlank() ? "Alguien" : name(offer.inviter());
    String command = "claudemesh join " + link;
    String end = DAY.format(offer.expiresAt());
    return mail(
        to,
        inviter + " invites you to " + mesh,
        new Part(
            inviter + " invites you to the mesh " + mesh + " of Claude Code sessions.",
            "In a terminal, run:",
            command,
            "The invite ends at " + end + ". If you do not know who that is, do nothing."),
        new Part(
            alguien + " le invita a la malla " + mesh + " de sesiones de Claude Code.",
            "En un terminal, ejecute:",
            command,
            "La invitación caduca el " + end + ". Si no sabe quién es, no haga nada."));
  }

  /// A code that proves a mailbox.
  ///
  /// @param where address of the broker
  public static Mail code(String to, String code, String where, Instant expiresAt) {
    String end = DAY.format(expiresAt);
    return mail(
        to,
        code + " is your claudemesh code",
        new Part(
            "Somebody, most likely you, wants to sign in at " + where + ".",
            "The code is:",
            code,
            "It is good until " + end + ", once. Tell it nobody. If it was not you, do nothing."),
        new Part(
            "Alguien, probablemente usted, quiere entrar en " + where + ".",
            "El código es:",
            code,
            "Vale hasta "
                + end
                + ", una vez. No se lo diga a nadie. Si no fue usted, no haga nada."));
  }

  /// @param big what is to be copied
  private record Part(String lead, String say, String big, String end) {
    String text() {
      return lead + "\n\n" + say + "\n\n    " + big + "\n\n" + end + "\n";
    }

    String html() {
      return "<p>"
          + escape(lead)
          + "</p><p>"
          + escape(say)
          + "</p><pre style=\"font-size:1.25em;padding:.8em;background:#eef2f6;color:#1a1f26;"
          + "white-space:pre-wrap;overflow-wrap:anywhere\">"
          + escape(big)
          + "</pre><p>"
          + escape(end)
          + "</p>";
    }
  }

  private static Mail mail(String to, String subject, Part english, Part spanish) {
    return new Mail(
        to,
        subject,
        english.text() + "\n--\n\n" + spanish.text(),
        "<!doctype html><html><head><meta charset=\"utf-8\"></head><body"
            + " style=\"font-family:sans-serif;line-height:1.5;max-width:36em\"><div lang=\"en\">"
            + english.html()
            + "</div><hr><div lang=\"es\">"
            + spanish.html()
            + "</div></body></html>");
  }

  static String name(String chosen) {
    String plain = chosen.replaceAll("[^\\p{L}\\p{N} _'&+-]", " ").replaceAll("\\s+", " ").strip();
    return plain.length() <= LONGEST_NAME
        ? plain
        : plain.substring(0, plain.offsetByCodePoints(0, LONGEST_NAME / 2)) + "…";
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
