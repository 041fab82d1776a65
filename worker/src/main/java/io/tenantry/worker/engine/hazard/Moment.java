package io.tenantry.worker.engine.hazard;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/** All that is measured of a home at one moment. Immutable. */
public record Moment(Measurement tables, Offers offers) {
    /**
     * What the last release may use: scripts that come later may do with anything else what they like. Immutable.
     *
     * @param offers their keys
     */
    public record InUse(Known tables, Set<String> offers) {
        public InUse {
            offers = Set.copyOf(offers);
        }
    }

    /**
     * Measures within the current transaction. Changes nothing.
     *
     * @param hasOwnDatabase as for {@link Measurement#of}
     */
    public static Moment of(Connection connection, String schema, boolean hasOwnDatabase) throws SQLException {
        return new Moment(
                Measurement.of(connection, schema, hasOwnDatabase), Offers.of(connection, schema, hasOwnDatabase));
    }

    /** Whether the same tables, functions and other objects are there; their rows may differ. */
    public boolean hasSameObjects(Moment other) {
        return tables.hasSameObjects(other.tables) && offers.keys().equals(other.offers.keys());
    }

    /** All that is there now. */
    public InUse inUse() {
        return new InUse(tables.known(), offers.keys());
    }

    /** The hazards of a script that began at this moment, of what programs of the last release do not find at its end. */
    public List<Hazard> lostUntil(Moment end, InUse inUse) {
        return new OfferChanges(this, end, inUse.offers()).hazards();
    }
}
