/* The table of pages, and the names of all views. */
#include "tui/text.h"
#include "views/screen/drills.h"
#include "views/screen/app.h"

static const char *detail_heading(const struct app *a, const struct input *in) {
  (void)in;
  if (a->detail_list == LIST_DRILLS) return drill_heading(in, a->detail_id);
  return a->detail_list == LIST_TASKS ? "Task" : a->detail_list == LIST_LOGS ? "Log line" : lists[a->detail_list]->title;
}

static const struct page pages[] = { /* by view, without the lists */
    {.name = "overview", .title = "Overview", .help = "nodes, bricks, volumes and domains at once", .action = ACTION_VIEW_OVERVIEW, .draw = draw_overview},
    [VIEW_HELP - LIST_COUNT] = {.name = "help", .title = "Help", .help = "all keys, and what the signs mean", .text = help_text},
    [VIEW_PALETTE - LIST_COUNT] = {.name = "palette", .title = "Palette", .help = "any view, operation or thing by its name"},
    [VIEW_CLUSTERS - LIST_COUNT] = {.name = "clusters", .title = "Clusters", .help = "other clusters, one feed each, worst first", .action = ACTION_VIEW_CLUSTERS, .act = act_clusters, .draw = draw_clusters, .state = state_clusters},
    [VIEW_XRAY - LIST_COUNT] = {.name = "xray", .title = "X-ray", .help = "what one thing needs, and what depends on it", .action = ACTION_VIEW_XRAY,
                                .settle = settle_xray, .act = act_xray, .draw = draw_xray, .state = state_xray, .selected = selected_xray},
    [VIEW_TOPOLOGY - LIST_COUNT] = {.name = "topology", .title = "Topology", .help = "hosts, links, replica sets and what runs where, drawn", .action = ACTION_VIEW_TOPOLOGY,
                                    .settle = settle_topology, .act = act_topology, .draw = draw_topology, .state = state_topology},
    [VIEW_WHATIF - LIST_COUNT] = {.name = "whatif", .title = "What if", .help = "what comes of it when a host, a brick or a network is lost: stopped in order, or it just dies", .action = ACTION_VIEW_WHATIF,
                                  .settle = settle_whatif, .act = act_whatif, .draw = draw_whatif, .state = state_whatif, .selected = selected_whatif},
    [VIEW_GUIDE - LIST_COUNT] = {.name = "guide", .title = "Guide", .help = "from bare hosts to a proven failover, or out of a bad day, step by step: why, the commands, did it work", .action = ACTION_VIEW_GUIDE,
                                 .settle = settle_guide, .act = act_guide, .draw = draw_guide, .state = state_guide},
    [VIEW_DETAIL - LIST_COUNT] = {.title = "Detail", .help = "all that is known of one thing", .text = detail_text, .heading = detail_heading, .settle = settle_detail},
};

static const struct page *row_of(int view) { return view < VIEW_FIRST_LIST ? &pages[view] : view < VIEW_HELP ? NULL : &pages[view - LIST_COUNT]; }
const struct page *page_of(int view) { return view == VIEW_PALETTE ? NULL : row_of(view); }

const char *view_name(int view) { return row_of(view) ? row_of(view)->name : lists[view - VIEW_FIRST_LIST]->name; }
const char *view_title(int view) { return row_of(view) ? row_of(view)->title : lists[view - VIEW_FIRST_LIST]->title; }
const char *view_help(int view) { return row_of(view) ? row_of(view)->help : lists[view - VIEW_FIRST_LIST]->help; }
