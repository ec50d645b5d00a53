package dev.claudemesh.cli.launch;

import dev.claudemesh.cli.flow.Cards;
import dev.claudemesh.cli.flow.Page.Row;
import dev.claudemesh.cli.launch.LaunchSession.Goal;
import dev.claudemesh.cli.launch.LaunchSession.Offer;
import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.cli.terminal.Terminal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What is known of a launch, as a person reads it. Pure.
final class Card {
  private Card() {}

  static List<Row> rows(LaunchSession session) {
    List<Row> rows = new ArrayList<>();
    rows.add(good("Directory", session.machine().folder()));
    session.machine().account().ifPresent(email -> rows.add(good("Account", email)));
    if (!session.machine().hasClaude()) {
      rows.add(new Row("Claude Code", Icon.BAD, "not on this machine"));
    }
    mesh(session).ifPresent(rows::add);
    session.name().ifPresent(name -> rows.add(good("Name", name)));
    session
        .role()
        .ifPresent(role ->
            rows.add(
                role.isEmpty() ? new Row("Role", Icon.NEXT, "(pick one)") : good("Role", role)));
    session.wishes().groups().ifPresent(groups -> rows.add(good("Groups", groups)));
    session.wishes().messageMode().ifPresent(mode -> rows.add(good("Messages", mode(mode))));
    if (session.wishes().continues()) {
      rows.add(good("Session", "the last one of this folder"));
    }
    session
        .wishes()
        .resumes()
        .ifPresent(id -> rows.add(good("Session", id.isEmpty() ? "Claude Code will ask" : id)));
    if (session.wishes().skipsPermissions()) {
      rows.add(new Row("Permissions", Icon.WARN, "claude acts without asking (-y)"));
    }
    return rows;
  }

  /// As talk, where no screen was shown.
  static void print(LaunchSession session, Terminal terminal) {
    Cards.lines("claudemesh launch", rows(session), terminal).forEach(terminal::talk);
    if (session.wishes().skipsPermissions()) {
      terminal.warn(
          "claude will not ask before it acts, also when a peer's message leads it to (-y)");
    }
  }

  private static Row good(String label, String value) {
    return new Row(label, Icon.GOOD, value);
  }

  private static String mode(String mode) {
    return switch (mode) {
      case "push" -> "come into the conversation";
      case "inbox" -> "wait until they are asked for";
      default -> "do not come in";
    };
  }

  private static Optional<Row> mesh(LaunchSession session) {
    return session
        .goal()
        .flatMap(goal ->
            switch (goal) {
              case Goal.Joined joined -> session.mesh().map(mesh -> joined(mesh.slug(), session));
              case Goal.Join wanted -> wanted.offer().map(Card::offered);
              case Goal.Create wanted -> wanted.name().map(name -> made(name, wanted));
              case Goal.SignIn signIn -> Optional.empty();
            });
  }

  private static Row joined(String slug, LaunchSession session) {
    if (session.alone() && session.online().isEmpty()) {
      return new Row("Mesh", Icon.WARN, slug + " (its broker is away)");
    }
    return good(
        "Mesh",
        slug
            + session
                .online()
                .map(count -> " (" + count + (count == 1 ? " peer" : " peers") + " online)")
                .orElse(""));
  }

  private static Row offered(Offer offer) {
    return new Row(
        "Mesh",
        Icon.RUN,
        offer.mesh()
            + " ("
            + offer.inviter().map(name -> "invited by " + name).orElse("by invite")
            + offer
                .members()
                .map(count -> ", " + count + (count == 1 ? " member" : " members"))
                .orElse("")
            + ")");
  }

  private static Row made(String name, Goal.Create wanted) {
    return new Row(
        "Mesh",
        Icon.RUN,
        name
            + " (new"
            + wanted.template().filter(template -> !template.isEmpty()).map(", "::concat).orElse("")
            + ")");
  }

  /// What Continue does besides starting Claude Code.
  static List<String> remarks(LaunchSession session) {
    String end = session.machine().hasClaude() ? " and starts Claude Code." : ".";
    return session
        .goal()
        .flatMap(goal ->
            switch (goal) {
              case Goal.Join wanted ->
                  wanted
                      .offer()
                      .map(offer ->
                          "Continue joins " + offer.mesh() + " as " + called(offer.role()) + end);
              case Goal.Create wanted ->
                  wanted.name().map(name -> "Continue makes " + name + end + " You own it.");
              case Goal.Joined joined -> Optional.empty();
              case Goal.SignIn signIn -> Optional.empty();
            })
        .stream()
        .toList();
  }

  private static String called(String role) {
    return role.equals("admin") ? "an admin" : "a member";
  }
}
