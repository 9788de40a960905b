#pragma once

#include "pipit-engine-private.h"

#include "store-message.h"

G_BEGIN_DECLS

/*
 * Makes one PipitMessage a location, however many lists show it, and fills them many at a time.
 */
PipitLoader  *pipit_loader_new     (PipitEngine  *engine);
void          pipit_loader_free    (PipitLoader  *self);

PipitMessage *pipit_loader_get     (PipitLoader  *self,
                                    gint64        location,
                                    PipitFolder  *folder);
PipitMessage *pipit_loader_peek    (PipitLoader  *self,
                                    gint64        location);
void          pipit_loader_want    (PipitLoader  *self,
                                    gint64        location);
void          pipit_loader_hint    (PipitLoader  *self);
void          pipit_loader_changed (PipitLoader  *self,
                                    StoreChanges *changes);
void          pipit_loader_recompute (PipitLoader *self,
                                      GArray       *locations);
void          pipit_loader_forget  (PipitLoader  *self,
                                    gint64        location);

G_END_DECLS
