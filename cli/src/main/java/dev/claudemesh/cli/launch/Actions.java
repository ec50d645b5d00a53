package dev.claudemesh.cli.launch;

import dev.claudemesh.cli.launch.LaunchSession.Mesh;
import dev.claudemesh.cli.launch.LaunchSession.Offer;
import java.util.List;
import java.util.Optional;

/// What the screens of a launch do in the world. Each throws {@link
/// dev.claudemesh.protocol.Problem} for what the user can do something about.
interface Actions {
  /// A template that a new mesh can begin with.
  record Template(String name, String about) {}

  List<Template> templates();

  /// What an invite offers, without taking it.
  ///
  /// @param broker for a bare code
  Offer offer(String link, Optional<String> broker);

  /// Takes an invite as somebody of that name.
  Mesh join(String link, Optional<String> broker, String as);

  /// Makes a mesh whose owner has that name.
  ///
  /// @param template blank for none
  Mesh create(String name, String template, Optional<String> broker, String as);

  /// Signs in, in the open terminal.
  ///
  /// @return the account's e-mail address; empty if nothing came of it, which was told
  Optional<String> signIn(String broker) throws Exception;

  /// How many peers are on a mesh now.
  int online(Mesh mesh);

  /// The version that can be upgraded to, where the user named a feed of releases and it has a
  /// newer one.
  Optional<String> newest();
}
