package io.tenantry.worker.engine.reference;

import io.tenantry.worker.engine.snapshot.CatalogSnapshot;
import io.tenantry.worker.engine.snapshot.CatalogSnapshot.Entry;
import io.tenantry.worker.engine.snapshot.FurtherSchemas;
import io.tenantry.worker.engine.snapshot.NameDependent;
import io.tenantry.worker.engine.snapshot.SchemaNameMask;
import io.tenantry.worker.postgres.home.TenantHome;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a path of migrations makes in any home, with tokens where the name of the tenant or of its place belongs.
 *
 * @param tokens the snapshot, with tokens
 */
public record Reference(CatalogSnapshot tokens) {
    /** No script can write these: Flyway would replace them. */
    private static final String TENANT = "${tenantry:tenant}";

    private static final Pattern ROLES_OF_POLICY =
            Pattern.compile("(?<= TO ).*?(?= USING \\(| WITH CHECK \\(|$)", Pattern.DOTALL);
    private static final String LOCATION = "${tenantry:location}";
    /** Part of the key under which it is kept. Change it with the tokens. */
    static final String FORMAT = "2";

    /** Puts tokens in place of the names of a scratch home, whose random digits occur nowhere else. */
    static Reference of(CatalogSnapshot made, TenantHome scratch) {
        @Nullable String tenant = scratch.tenant();
        return new Reference(map(made, text -> {
            // First the place, which may contain the tenant.
            String placed = text.replace(scratch.location(), LOCATION);
            return tenant == null ? placed : placed.replace(tenant, TENANT);
        }));
    }

    /** The snapshot with the names of a home; a shared home has no name of a tenant. */
    CatalogSnapshot fill(TenantHome home) {
        @Nullable String tenant = home.tenant();
        CatalogSnapshot filled = map(tokens, text -> {
            String placed = text.replace(LOCATION, home.location());
            return tenant == null ? placed : placed.replace(TENANT, tenant);
        });
        return sorted(filled, home.schema());
    }

    /**
     * The same with a mark at each entry that the other one does not have in the same way: what scripts compute from the
     * tenant's name.
     *
     * @param other of another scratch home, made by the same migrations in the same environment
     */
    Reference marked(Reference other) {
        SortedMap<String, Entry> expected = sorted(tokens, LOCATION).entries();
        SortedMap<String, Entry> actual = sorted(other.tokens, LOCATION).entries();
        SortedMap<String, Entry> entries = new TreeMap<>(tokens.entries());
        entries.replaceAll((label, entry) ->
                Objects.equals(expected.get(label), actual.get(label)) ? entry : NameDependent.mark(entry));
        return new Reference(new CatalogSnapshot(entries));
    }

    /** Whether scripts made the same for both scratch homes, as far as names are tokens. */
    boolean isSame(Reference other) {
        return sorted(tokens, LOCATION).equals(sorted(other.tokens, LOCATION));
    }

    /** The labels of the entries that are marked, for people. */
    List<String> nameDependent() {
        return tokens.entries().entrySet().stream()
                .filter(entry -> NameDependent.isMarked(entry.getValue()))
                .map(entry -> entry.getKey().replace(TENANT, "<tenant>").replace(LOCATION, "<home>"))
                .toList();
    }

    /**
     * With the names of roles in their order: the names of the home may have another one than those of the scratch home. And
     * with what reads as the home's name hidden in bodies, as it is in a snapshot of the home.
     */
    private static CatalogSnapshot sorted(CatalogSnapshot snapshot, String schema) {
        Map<String, SchemaNameMask> masks = new HashMap<>();
        SortedMap<String, Entry> entries = new TreeMap<>(snapshot.entries());
        entries.replaceAll((whole, entry) -> {
            if (NameDependent.isMarked(entry)) {
                return entry;
            }
            FurtherSchemas.Placed placed = FurtherSchemas.placed(whole);
            String label = placed.label();
            if (label.startsWith("privileges on ")) {
                return new Entry(entry.partOf(), sorted(entry.definition()));
            }
            if (label.startsWith("function ") || label.startsWith("procedure ")) {
                String name = placed.schema().isEmpty() ? schema : placed.name();
                SchemaNameMask mask = masks.computeIfAbsent(name, SchemaNameMask::new);
                return new Entry(entry.partOf(), mask.hide(entry.definition()));
            }
            if (label.startsWith("policy ")) {
                return new Entry(
                        entry.partOf(),
                        ROLES_OF_POLICY
                                .matcher(entry.definition())
                                .replaceFirst(roles -> Matcher.quoteReplacement(sorted(roles.group()))));
            }
            return entry;
        });
        return new CatalogSnapshot(entries);
    }

    private static String sorted(String list) {
        return Stream.of(list.split(", ", -1)).sorted().collect(Collectors.joining(", "));
    }

    private static CatalogSnapshot map(CatalogSnapshot snapshot, UnaryOperator<String> names) {
        SortedMap<String, Entry> entries = new TreeMap<>();
        snapshot.entries()
                .forEach((label, entry) -> entries.put(
                        names.apply(label), new Entry(names.apply(entry.partOf()), names.apply(entry.definition()))));
        return new CatalogSnapshot(entries);
    }
}
