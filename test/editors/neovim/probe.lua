-- Runs in Neovim with a policy open, as `neovim.test.ts` starts it: waits for the server, and prints what a user would see
-- as one line of JSON.

local patience = 30000
local found = {}

local function wait_for(what, ready)
  if not vim.wait(patience, ready, 50) then error("there is no " .. what) end
end

local function place_of(text, offset)
  for row, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    local column = line:find(text, 1, true)
    if column then return row, column - 1 + offset end
  end
  error("there is no " .. text)
end

local function probe()
  found.filetype = vim.bo.filetype
  wait_for("diagnostic", function() return #vim.diagnostic.get(0) > 0 end)
  found.diagnostics = vim.tbl_map(function(each)
    return { line = each.lnum + 1, message = each.message, source = each.source }
  end, vim.diagnostic.get(0))
  local client = vim.lsp.get_clients({ bufnr = 0 })[1]
  found.client = client and client.name

  vim.api.nvim_win_set_cursor(0, { place_of("subject.risk", 9) })
  vim.lsp.buf.hover()
  local function floating()
    for _, window in ipairs(vim.api.nvim_list_wins()) do
      if vim.api.nvim_win_get_config(window).relative ~= "" then return window end
    end
  end
  wait_for("hover", function() return floating() ~= nil end)
  local lines = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(floating()), 0, -1, false)
  found.hover = table.concat(lines, "\n")
  vim.api.nvim_win_close(floating(), true)

  local row, column = place_of("subject.risk", 8)
  vim.api.nvim_win_set_cursor(0, { row, column })
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
  local answer = client:request_sync("textDocument/completion", params, patience, 0)
  local items = answer.result.items or answer.result
  found.completion = vim.tbl_map(function(item) return item.label end, items)

  local function captures_at(text)
    local at, from = place_of(text, 0)
    local captures = vim.treesitter.get_captures_at_pos(0, at - 1, from)
    return vim.tbl_map(function(each) return each.capture end, captures)
  end
  found.colored = vim.treesitter.highlighter.active[vim.api.nvim_get_current_buf()] ~= nil
  found.captures = { policy = captures_at("policy"), comment = captures_at("//"), rule = captures_at("tool_allowed") }
  local opening = place_of("context {", 0)
  wait_for("fold", function() return vim.fn.foldlevel(opening) > 0 end)
  found.fold = { vim.fn.foldlevel(opening), vim.fn.foldlevel(opening - 1) }

  vim.api.nvim_buf_set_lines(0, opening, opening + 1, false, { "      time:   Timestamp" })
  vim.lsp.buf.format({ timeout_ms = patience })
  found.formatted = vim.api.nvim_buf_get_lines(0, opening, opening + 1, false)[1]
end

local ok, failure = pcall(probe)
if not ok then found.failure = failure end
io.stdout:write(vim.json.encode(found) .. "\n")
vim.cmd("qa!")
