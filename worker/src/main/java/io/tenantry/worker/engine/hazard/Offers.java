package io.tenantry.worker.engine.hazard;

import io.tenantry.worker.engine.hazard.Offer.Place;
import io.tenantry.worker.engine.snapshot.SqlText;
import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a home offers to programs at one moment, besides its columns. Immutable. */
public final class Offers {
    private static final String QUERY = SqlText.of(Offers.class, "offers.sql");

    private final List<Offer> all;
    private final Set<Membership> memberships;

    private record Membership(long member, long role) {}

    private Offers(List<Offer> all, Set<Membership> memberships) {
        this.all = List.copyOf(all);
        this.memberships = Set.copyOf(memberships);
    }

    /**
     * Reads them within the current transaction, in one round trip. Changes nothing.
     *
     * @param hasOwnDatabase as for {@link Measurement#of}
     */
    public static Offers of(Connection connection, String schema, boolean hasOwnDatabase) throws SQLException {
        List<Offer> all = new ArrayList<>();
        Set<Membership> memberships = new HashSet<>();
        Sql.forEach(
                connection,
                QUERY,
                row -> {
                    if (row.getString("what").equals("member")) {
                        memberships.add(new Membership(row.getLong("number"), row.getLong("owner")));
                    } else {
                        all.add(offer(row));
                    }
                },
                schema,
                schema,
                hasOwnDatabase);
        return new Offers(all, memberships);
    }

    /** Names that stay the same if an object is made again. */
    Set<String> keys() {
        return all.stream().map(Offer::key).collect(Collectors.toUnmodifiableSet());
    }

    /** Those of one kind. */
    <T extends Offer> List<T> all(Class<T> kind) {
        return all.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** Whether the member has what the role may do. */
    boolean isMember(long member, long role) {
        return member == role || memberships.contains(new Membership(member, role));
    }

    private static Offer offer(ResultSet row) throws SQLException {
        long number = row.getLong("number");
        long owner = row.getLong("owner");
        String name = row.getString("name");
        String detail = row.getString("detail");
        @Nullable String more = row.getString("more");
        Place place = new Place(owner, String.valueOf(row.getString("place")));
        return switch (row.getString("what")) {
            case "relation" ->
                new Offer.Relation(new Place(number, name), detail, row.getInt("n"), row.getBoolean("yes"));
            case "function" -> function(row, number, name);
            case "object" ->
                new Offer.Named(
                        number,
                        place.name(),
                        name,
                        owner,
                        numbers(row).stream().findFirst().orElse(0),
                        row.getBoolean("yes"));
            case "value" -> new Offer.Value(number, place.name(), name);
            case "constraint" ->
                new Offer.Constraint(number, place, name, detail, Long.parseLong(String.valueOf(more)), numbers(row));
            case "unique" -> new Offer.UniqueIndex(number, place, name, detail, more, numbers(row));
            case "part" -> new Offer.Part(number, place, detail, name, String.valueOf(more));
            case "policy" -> new Offer.Policy(number, place, name, String.valueOf(more));
            default -> new Offer.Right(owner, name, place.name(), detail, more);
        };
    }

    private static Offer.Function function(ResultSet row, long number, String name) throws SQLException {
        String[] word = row.getString("detail").split(" ", 2);
        String[] result = row.getString("more").split("\n", 2);
        return new Offer.Function(
                number,
                name,
                word[0],
                word[1],
                lines(row.getString("place")),
                lines(row.getString("columns")),
                row.getInt("n"),
                result[0],
                result[1]);
    }

    private static List<String> lines(@Nullable String text) {
        return text == null ? List.of() : List.of(text.split("\n", -1));
    }

    private static Set<Integer> numbers(ResultSet row) throws SQLException {
        @Nullable String text = row.getString("columns");
        return text == null || text.isEmpty()
                ? Set.of()
                : Arrays.stream(text.split(" ")).map(Integer::valueOf).collect(Collectors.toUnmodifiableSet());
    }
}
