package dev.claudemesh.broker.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;

/// What all pages of the broker look like: one style, no script, nothing from elsewhere. Works on a
/// phone, by keyboard, on a dark screen and read aloud.
final class Look {
  private static final String STYLE = style();

  /// Lets a page use its own style and its own forms, and nothing else; nobody may frame it. It
  /// tells no other site its address, which may hold a code.
  static final Map<String, String> HEADERS =
      Map.of(
          "content-security-policy",
              "default-src 'none'; style-src '"
                  + hashOf(STYLE)
                  + "'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
          "x-content-type-options", "nosniff",
          "x-frame-options", "DENY",
          // With none at all a browser would hide where our own forms come from.
          "referrer-policy", "same-origin",
          "cache-control", "no-store");

  private Look() {}

  static String page(Locale language, String title, String body) {
    return page(language, title, "", "", body);
  }

  /// @param title and body escaped
  /// @param head further elements of the head
  /// @param look `wide`, `told`, or empty
  static String page(Locale language, String title, String head, String look, String body) {
    return "<!doctype html><html lang=\""
        + language.getLanguage()
        + "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\""
        + " content=\"width=device-width, initial-scale=1\"><meta name=\"robots\""
        + " content=\"noindex\">"
        + head
        + "<title>"
        + title
        + (title.equals("claudemesh") ? "" : " · claudemesh")
        + "</title><style>"
        + STYLE
        + "</style></head><body><p class=\"brand\">claudemesh</p><main class=\""
        + look
        + "\"><h1>"
        + title
        + "</h1>"
        + body
        + "</main></body></html>\n";
  }

  /// One sentence under a drawn tick, or a cross.
  ///
  /// @param what escaped, as is what stands below it
  static String told(Locale language, String what, boolean good, String below) {
    return page(language, what, "", "told", mark(good) + below);
  }

  private static String mark(boolean good) {
    return "<svg class=\"mark"
        + (good ? "" : " no")
        + "\" viewBox=\"0 0 24 24\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.8\""
        + " stroke-linecap=\"round\" stroke-linejoin=\"round\" aria-hidden=\"true\"><circle"
        + " cx=\"12\" cy=\"12\" r=\"10\"/><path d=\""
        + (good ? "M7.5 12.5l3 3 6-6.5" : "M8.5 8.5l7 7m0-7l-7 7")
        + "\"/></svg>";
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  private static String style() {
    try (InputStream css = Look.class.getResourceAsStream("page.css")) {
      return new String(css.readAllBytes(), StandardCharsets.UTF_8).replaceAll("\\s*\\n\\s*", " ");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// By which a content security policy allows one style and no other.
  private static String hashOf(String style) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(style.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
