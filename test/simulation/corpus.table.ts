/** Scripts that once broke a rule, cut down to what broke it, each with what a user would have met. */

import type { Script } from '../../adapters/simulation/index.js'

export interface Pinned {
  readonly was: string
  readonly script: Script
}

export const CORPUS: readonly Pinned[] = [
  {
    was: 'a file was saved and uploaded, the power failed before the system had written it back, and the device sent the zeros it found over the good content everywhere',
    script: {
      seed: 2,
      devices: 2,
      phases: [
        {
          users: [{ at: 6848, device: 1, deed: 'create', picks: [5722, 44660, 59844, 38148] }],
          faults: [{ at: 19896, fault: 'power-loss', device: 1, lasts: 0, pick: 32256 }],
        },
      ],
    },
  },
  {
    was: 'a file deleted elsewhere was moved to the trash here, the power failed, and the file was back: it was sent to everybody again',
    script: {
      seed: 229,
      devices: 3,
      phases: [
        {
          users: [
            { at: 7340, device: 0, deed: 'make-directory', picks: [47260, 26867, 12150, 55381] },
            { at: 15659, device: 1, deed: 'make-directory', picks: [4172, 48722, 30286, 32948] },
            { at: 20916, device: 1, deed: 'delete-directory', picks: [37143, 23628, 52156, 40976] },
            { at: 20916, device: 1, deed: 'make-directory', picks: [54559, 25046, 39291, 21082] },
            { at: 24009, device: 1, deed: 'create', picks: [15010, 10330, 50919, 36519] },
            { at: 24394, device: 1, deed: 'delete-directory', picks: [5098, 4903, 54191, 63525] },
            { at: 24394, device: 1, deed: 'create', picks: [4667, 53237, 32442, 28077] },
            { at: 26334, device: 1, deed: 'create', picks: [25512, 34714, 33485, 4163] },
          ],
          faults: [],
        },
        {
          users: [
            { at: 5542, device: 1, deed: 'delete-file', picks: [8089, 25198, 41084, 41134] },
            { at: 8491, device: 2, deed: 'create', picks: [28660, 23737, 15065, 49765] },
            { at: 8491, device: 2, deed: 'create', picks: [36971, 54132, 43998, 31680] },
            { at: 8491, device: 2, deed: 'delete-file', picks: [45896, 26677, 45137, 19439] },
          ],
          faults: [{ at: 14453, fault: 'power-loss', device: 0, lasts: 0, pick: 33354 }],
        },
      ],
    },
  },
  {
    was: 'a file was moved and saved again while its directory was deleted: the device never was in step again, and kept a file for deleted that the others had deleted too',
    script: {
      seed: 255,
      devices: 2,
      phases: [
        {
          users: [
            { at: 3273, device: 0, deed: 'create', picks: [4737, 11022, 2185, 42597] },
            { at: 3273, device: 0, deed: 'executable', picks: [1146, 30228, 4086, 7853] },
            { at: 8588, device: 0, deed: 'create', picks: [48847, 33863, 9079, 35333] },
            { at: 12499, device: 1, deed: 'make-directory', picks: [6287, 20379, 28718, 9026] },
            { at: 12499, device: 1, deed: 'touch', picks: [20783, 44184, 26103, 47741] },
            { at: 12776, device: 1, deed: 'save-by-rename', picks: [34311, 18988, 26995, 53476] },
            { at: 12776, device: 1, deed: 'move-directory', picks: [61468, 50624, 12385, 53385] },
            { at: 12776, device: 1, deed: 'create', picks: [6651, 11614, 22009, 7340] },
            { at: 15846, device: 1, deed: 'move-file', picks: [59734, 11121, 7710, 35400] },
            { at: 16123, device: 1, deed: 'delete-file', picks: [9642, 22894, 402, 58765] },
            { at: 16123, device: 1, deed: 'create', picks: [28119, 47937, 54192, 48565] },
            { at: 16123, device: 1, deed: 'move-file', picks: [52288, 20743, 29799, 29405] },
            { at: 22047, device: 0, deed: 'create', picks: [15634, 45206, 45232, 4457] },
            { at: 22047, device: 0, deed: 'append', picks: [12327, 14101, 1692, 64035] },
            { at: 22047, device: 0, deed: 'executable', picks: [58397, 49090, 48347, 23713] },
            { at: 22047, device: 0, deed: 'delete-file', picks: [48052, 34483, 36833, 54204] },
            { at: 22047, device: 0, deed: 'save-by-backup', picks: [34573, 29225, 37033, 12674] },
            { at: 26494, device: 0, deed: 'save-by-rename', picks: [43346, 57260, 8578, 40503] },
            { at: 26494, device: 0, deed: 'edit', picks: [20125, 30631, 54995, 1688] },
            { at: 26662, device: 0, deed: 'delete-file', picks: [8209, 9405, 6152, 27555] },
            { at: 29022, device: 1, deed: 'save-by-rename', picks: [33431, 1262, 13074, 59797] },
            { at: 29022, device: 1, deed: 'move-directory', picks: [56875, 64138, 38934, 34841] },
            { at: 34358, device: 0, deed: 'delete-file', picks: [49226, 48628, 20819, 7877] },
            { at: 34514, device: 0, deed: 'edit', picks: [3323, 64093, 31082, 23640] },
            { at: 34514, device: 0, deed: 'move-file', picks: [61952, 58259, 5863, 6970] },
            { at: 34514, device: 0, deed: 'create', picks: [9485, 37137, 32905, 20404] },
            { at: 35824, device: 1, deed: 'create', picks: [51312, 419, 20190, 46785] },
          ],
          faults: [
            { at: 6377, fault: 'stop', device: 0, lasts: 0, pick: 1833 },
            { at: 9167, fault: 'drop-request', device: 0, lasts: 5542, pick: 46505 },
            { at: 34423, fault: 'clock-jump', device: 0, lasts: 0, pick: 54377 },
          ],
        },
        {
          users: [
            { at: 4979, device: 1, deed: 'edit', picks: [39540, 27735, 30827, 4304] },
            { at: 4979, device: 1, deed: 'move-file', picks: [16534, 22102, 14743, 52102] },
            { at: 4979, device: 1, deed: 'delete-directory', picks: [52972, 43265, 3941, 14141] },
            { at: 5163, device: 1, deed: 'save-by-backup', picks: [2630, 48324, 36974, 21834] },
            { at: 8204, device: 1, deed: 'create', picks: [7569, 19478, 50638, 11187] },
            { at: 13721, device: 0, deed: 'delete-directory', picks: [32875, 3903, 31330, 39180] },
          ],
          faults: [{ at: 4221, fault: 'cut', device: 1, lasts: 8321, pick: 55675 }],
        },
      ],
    },
  },
  {
    was: 'a new file lost its bytes with the power and kept its times: it was offered for ever as what it had been, and never went up',
    script: {
      seed: 53153,
      devices: 2,
      phases: [
        {
          users: [
            { at: 12107, device: 0, deed: 'make-directory', picks: [55233, 42441, 20426, 54775] },
            { at: 12107, device: 0, deed: 'create', picks: [61076, 1133, 26747, 11471] },
            { at: 17441, device: 0, deed: 'create', picks: [27887, 45688, 41581, 37970] },
            { at: 17441, device: 0, deed: 'create', picks: [35886, 54686, 3501, 61974] },
            { at: 29836, device: 1, deed: 'create', picks: [31634, 29109, 3752, 11276] },
            { at: 29836, device: 1, deed: 'create', picks: [9985, 32112, 44796, 15840] },
            { at: 30087, device: 1, deed: 'move-directory', picks: [52348, 6958, 57587, 38397] },
          ],
          faults: [
            { at: 27722, fault: 'partition', device: 1, lasts: 10662, pick: 10754 },
            { at: 36089, fault: 'power-loss', device: 1, lasts: 0, pick: 54774 },
          ],
        },
      ],
    },
  },
  {
    was: 'a directory was moved, a file was saved in it, and it was moved back at once: the file stayed unseen for minutes while "synced" was said',
    script: {
      seed: 7205,
      devices: 2,
      phases: [
        {
          users: [
            { at: 23490, device: 1, deed: 'make-directory', picks: [35999, 48341, 48663, 13795] },
            { at: 23644, device: 1, deed: 'move-directory', picks: [36999, 54626, 34043, 65084] },
            { at: 23644, device: 1, deed: 'create', picks: [34503, 22687, 31506, 5171] },
            { at: 23644, device: 1, deed: 'move-directory', picks: [36140, 7400, 7291, 57494] },
          ],
          faults: [],
        },
      ],
    },
  },
  {
    was: 'a new file was put in place and the disk did not say so; edited elsewhere meanwhile, its first content was sent as a newer one over that edit',
    script: {
      seed: 161127,
      devices: 2,
      phases: [
        {
          users: [
            { at: 2462, device: 0, deed: 'create', picks: [58508, 62602, 55263, 63838] },
            { at: 2578, device: 0, deed: 'copy', picks: [35560, 4324, 12595, 42052] },
            { at: 2578, device: 0, deed: 'delete-file', picks: [22933, 28790, 21322, 61705] },
            { at: 8630, device: 0, deed: 'touch', picks: [29883, 61675, 27346, 44895] },
            { at: 13399, device: 1, deed: 'move-file', picks: [24492, 31803, 22689, 27513] },
            { at: 13399, device: 1, deed: 'change-kind', picks: [25408, 63561, 61752, 2296] },
            { at: 13399, device: 1, deed: 'make-directory', picks: [56114, 58777, 24965, 30392] },
            { at: 13399, device: 1, deed: 'create', picks: [38747, 6601, 9442, 17959] },
            { at: 13399, device: 1, deed: 'delete-file', picks: [39742, 987, 19246, 24188] },
            { at: 17351, device: 0, deed: 'create', picks: [6477, 38612, 2117, 63132] },
            { at: 17547, device: 0, deed: 'create', picks: [48090, 10980, 35231, 14419] },
            { at: 17547, device: 0, deed: 'move-directory', picks: [20562, 6213, 11384, 8782] },
            { at: 17547, device: 0, deed: 'delete-file', picks: [27099, 23228, 4776, 310] },
            { at: 17547, device: 0, deed: 'move-file', picks: [62000, 50495, 16161, 54647] },
            { at: 17830, device: 0, deed: 'create', picks: [2901, 30390, 27833, 36556] },
            { at: 17830, device: 0, deed: 'append', picks: [35001, 18211, 5402, 44346] },
            { at: 27515, device: 1, deed: 'delete-directory', picks: [22482, 64744, 48937, 13295] },
          ],
          faults: [
            { at: 688, fault: 'kill', device: 1, lasts: 0, pick: 11 },
            { at: 3796, fault: 'server-collect', device: null, lasts: 0, pick: 42125 },
            { at: 17928, fault: 'disk-error', device: 1, lasts: 728, pick: 25586 },
          ],
        },
      ],
    },
  },
  {
    was: 'a directory was deleted and made anew elsewhere while a full disk kept what was in it: it counted as moved into the new one and came back everywhere',
    script: {
      seed: 681,
      devices: 2,
      phases: [
        {
          users: [
            { at: 11150, device: 0, deed: 'create', picks: [11106, 3331, 12573, 33942] },
            { at: 12309, device: 0, deed: 'make-directory', picks: [35638, 49, 12174, 23866] },
            { at: 15714, device: 1, deed: 'move-file', picks: [8295, 5131, 33939, 58774] },
            { at: 15714, device: 1, deed: 'create', picks: [47969, 50794, 25064, 19782] },
          ],
          faults: [],
        },
        {
          users: [
            { at: 3383, device: 1, deed: 'change-kind', picks: [12296, 12982, 40949, 16671] },
            { at: 5894, device: 1, deed: 'change-kind', picks: [43774, 12549, 64612, 40080] },
            { at: 9969, device: 0, deed: 'edit', picks: [1897, 49718, 24316, 2142] },
          ],
          faults: [{ at: 3738, fault: 'disk-full', device: 0, lasts: 4196, pick: 25716 }],
        },
      ],
    },
  },
  {
    was: 'a new file was moved by its user before it was flushed, the power failed, and the zeros in it were sent over the good content everywhere',
    script: {
      seed: 37724,
      devices: 2,
      phases: [
        {
          users: [
            { at: 4640, device: 0, deed: 'create', picks: [23422, 63242, 43867, 558] },
            { at: 10033, device: 0, deed: 'move-file', picks: [34241, 21662, 27940, 24498] },
            { at: 10033, device: 0, deed: 'move-file', picks: [45317, 27760, 32844, 6144] },
            { at: 10879, device: 0, deed: 'create', picks: [16804, 17066, 16042, 16410] },
            { at: 10879, device: 0, deed: 'touch', picks: [24334, 57696, 65448, 53741] },
            { at: 11406, device: 1, deed: 'move-file', picks: [48753, 46100, 14975, 41365] },
          ],
          faults: [{ at: 11691, fault: 'power-loss', device: 1, lasts: 0, pick: 65324 }],
        },
      ],
    },
  },
  {
    was: 'a swap that a full disk had cut short was finished after one of the two was deleted elsewhere: it counted as moved here and came back as a conflict copy',
    script: {
      seed: 41959,
      devices: 2,
      phases: [
        {
          users: [
            { at: 37225, device: 0, deed: 'create', picks: [25922, 4710, 14294, 50104] },
            { at: 38222, device: 0, deed: 'create', picks: [26940, 25812, 35805, 34788] },
          ],
          faults: [],
        },
        {
          users: [
            { at: 10605, device: 1, deed: 'swap', picks: [61296, 40835, 4592, 46470] },
            { at: 13252, device: 1, deed: 'change-kind', picks: [12863, 14039, 37969, 59191] },
          ],
          faults: [{ at: 10772, fault: 'disk-full', device: 0, lasts: 5237, pick: 52585 }],
        },
      ],
    },
  },
  {
    was: 'a directory that was deleted elsewhere was moved here, the disk did not let anybody look into it, and what was in it came back everywhere',
    script: {
      seed: 3490,
      devices: 4,
      phases: [
        {
          users: [
            { at: 4345, device: 3, deed: 'create', picks: [17452, 4735, 59403, 44655] },
            { at: 4347, device: 3, deed: 'copy', picks: [51457, 21811, 56632, 55898] },
            { at: 4534, device: 3, deed: 'create', picks: [29667, 1497, 8052, 59319] },
            { at: 9215, device: 1, deed: 'make-directory', picks: [60864, 42570, 38849, 46757] },
            { at: 9215, device: 1, deed: 'edit', picks: [16542, 54192, 3038, 64452] },
            { at: 10974, device: 3, deed: 'make-directory', picks: [29577, 23420, 31878, 46739] },
            { at: 10974, device: 3, deed: 'create', picks: [41142, 55876, 60244, 55712] },
            { at: 10974, device: 3, deed: 'make-directory', picks: [47333, 10061, 49199, 27908] },
            { at: 10974, device: 3, deed: 'delete-file', picks: [49300, 6973, 58973, 53968] },
            { at: 15736, device: 0, deed: 'edit', picks: [20231, 58153, 24123, 7407] },
            { at: 18177, device: 3, deed: 'move-file', picks: [32767, 35524, 13703, 26128] },
            { at: 18563, device: 3, deed: 'move-directory', picks: [9722, 2696, 32184, 54637] },
            { at: 18858, device: 3, deed: 'move-file', picks: [21036, 4879, 5020, 54018] },
            { at: 18858, device: 3, deed: 'save-by-rename', picks: [27944, 31259, 15343, 43785] },
            { at: 26000, device: 2, deed: 'delete-directory', picks: [50678, 10467, 21011, 30615] },
            { at: 26000, device: 2, deed: 'swap', picks: [28563, 38300, 59522, 38369] },
            { at: 26000, device: 2, deed: 'create', picks: [32958, 24173, 49642, 36675] },
            { at: 26250, device: 2, deed: 'change-kind', picks: [42359, 19368, 19702, 12450] },
            { at: 28169, device: 0, deed: 'delete-directory', picks: [39225, 2124, 59050, 65177] },
            { at: 30136, device: 2, deed: 'move-file', picks: [37006, 37867, 7309, 62767] },
            { at: 30229, device: 2, deed: 'move-directory', picks: [45105, 18306, 62219, 58411] },
          ],
          faults: [
            { at: 1245, fault: 'server-restore', device: null, lasts: 0, pick: 31604 },
            { at: 15663, fault: 'server-collect', device: null, lasts: 0, pick: 39517 },
            { at: 17539, fault: 'drop-answer', device: 2, lasts: 11484, pick: 22999 },
            { at: 34856, fault: 'cut', device: 0, lasts: 9364, pick: 33321 },
          ],
        },
        {
          users: [
            { at: 8362, device: 3, deed: 'delete-directory', picks: [30693, 51387, 53521, 32006] },
            { at: 12097, device: 3, deed: 'make-directory', picks: [7207, 27662, 11225, 42011] },
            { at: 13697, device: 0, deed: 'move-directory', picks: [26033, 51450, 53574, 7247] },
          ],
          faults: [
            { at: 5279, fault: 'disk-error', device: 0, lasts: 11653, pick: 63797 },
            { at: 15210, fault: 'partition', device: 2, lasts: 8804, pick: 61592 },
          ],
        },
      ],
    },
  },
  {
    was: 'a file was moved away and a directory made in its place while the disk refused to be read: the directory got the name of a conflict copy, though nobody else was at work',
    script: {
      seed: 207195,
      devices: 2,
      phases: [
        { users: [], faults: [] },
        {
          users: [
            { at: 5302, device: 1, deed: 'create', picks: [4166, 40253, 60661, 33205] },
            { at: 7663, device: 1, deed: 'create', picks: [825, 47547, 45282, 52683] },
            { at: 7682, device: 1, deed: 'move-file', picks: [46592, 24970, 26549, 18990] },
            { at: 7682, device: 1, deed: 'make-directory', picks: [54102, 49073, 49994, 21403] },
          ],
          faults: [
            { at: 7729, fault: 'disk-error', device: 1, lasts: 3175, pick: 13377 },
            { at: 8474, fault: 'drop-request', device: 0, lasts: 8249, pick: 41090 },
          ],
        },
      ],
    },
  },
  {
    was: 'a file was put in place, the power failed before it was flushed, and its user touched the zeros that were left of it: they went to everybody',
    script: {
      seed: 605797,
      devices: 3,
      phases: [
        {
          users: [
            { at: 3203, device: 1, deed: 'create', picks: [53012, 58447, 3645, 63746] },
            { at: 3294, device: 1, deed: 'save-by-rename', picks: [59111, 15213, 15228, 22147] },
            { at: 3294, device: 1, deed: 'create', picks: [34296, 29640, 39843, 1964] },
            { at: 3918, device: 1, deed: 'swap', picks: [1656, 14505, 33906, 2139] },
            { at: 3918, device: 1, deed: 'move-file', picks: [34278, 39316, 54669, 41960] },
            { at: 7644, device: 2, deed: 'touch', picks: [58907, 40949, 44287, 30458] },
          ],
          faults: [{ at: 4108, fault: 'power-loss', device: 2, lasts: 0, pick: 15072 }],
        },
      ],
    },
  },
  {
    was: 'a directory was moved over the place of another while both were listed: what had been moved into it before counted as deleted, and the engine said that it was in step',
    script: {
      seed: 601371,
      devices: 2,
      phases: [
        {
          users: [
            { at: 4185, device: 1, deed: 'create', picks: [44558, 27727, 62154, 16219] },
            { at: 4185, device: 1, deed: 'make-directory', picks: [61068, 57764, 62406, 40240] },
            { at: 4185, device: 1, deed: 'create', picks: [54292, 26132, 21447, 10144] },
            { at: 11596, device: 1, deed: 'append', picks: [52162, 51764, 57751, 40333] },
            { at: 13008, device: 1, deed: 'create', picks: [58027, 60547, 62566, 28586] },
            { at: 13008, device: 1, deed: 'create', picks: [24762, 45828, 31603, 54418] },
            { at: 13162, device: 1, deed: 'change-kind', picks: [19891, 43531, 21944, 17441] },
            { at: 15844, device: 0, deed: 'move-file', picks: [55504, 44087, 13135, 46794] },
            { at: 15844, device: 0, deed: 'move-directory', picks: [62894, 42599, 6169, 20310] },
            { at: 15963, device: 0, deed: 'move-directory', picks: [11540, 37635, 50164, 17729] },
          ],
          faults: [],
        },
      ],
    },
  },
  {
    was: 'the state was lost between the two names of a file on its move: the bit that one name got showed at the other, and the engine said that it was in step',
    script: {
      seed: 632022,
      devices: 3,
      phases: [
        {
          users: [
            { at: 21157, device: 2, deed: 'create', picks: [52444, 59590, 6131, 21445] },
            { at: 26477, device: 1, deed: 'make-directory', picks: [28497, 11337, 9562, 56595] },
            { at: 32673, device: 0, deed: 'change-kind', picks: [2945, 11834, 62477, 32116] },
            { at: 32673, device: 0, deed: 'create', picks: [57951, 65395, 19567, 6998] },
            { at: 36776, device: 2, deed: 'save-by-backup', picks: [19362, 55096, 27733, 21103] },
          ],
          faults: [
            { at: 6744, fault: 'stop', device: 0, lasts: 0, pick: 28902 },
            { at: 19210, fault: 'stop', device: 1, lasts: 0, pick: 47485 },
            { at: 24793, fault: 'deaf', device: 0, lasts: 10536, pick: 36229 },
          ],
        },
        {
          users: [
            { at: 5461, device: 0, deed: 'create', picks: [30406, 22813, 25331, 51850] },
            { at: 5461, device: 0, deed: 'touch', picks: [46526, 28477, 19349, 52624] },
            { at: 5844, device: 0, deed: 'make-directory', picks: [21703, 1412, 56960, 17676] },
            { at: 6180, device: 0, deed: 'make-directory', picks: [48233, 64081, 47250, 56804] },
            { at: 7363, device: 0, deed: 'delete-file', picks: [30204, 11239, 62030, 63680] },
            { at: 7363, device: 0, deed: 'move-file', picks: [32609, 25787, 9459, 39710] },
            { at: 7363, device: 0, deed: 'delete-directory', picks: [63, 49221, 54242, 46231] },
            { at: 7596, device: 0, deed: 'create', picks: [36392, 15238, 28826, 51830] },
            { at: 7596, device: 0, deed: 'move-file', picks: [24178, 47499, 17160, 37992] },
            { at: 7596, device: 0, deed: 'save-by-rename', picks: [25606, 47992, 61718, 26076] },
            { at: 13167, device: 1, deed: 'move-file', picks: [21916, 4424, 22877, 40292] },
            { at: 13167, device: 1, deed: 'create', picks: [47864, 5444, 43988, 18289] },
            { at: 13167, device: 1, deed: 'executable', picks: [39922, 25944, 14318, 1631] },
            { at: 13167, device: 1, deed: 'edit', picks: [21411, 58278, 8233, 9060] },
          ],
          faults: [
            { at: 5165, fault: 'state-old', device: 2, lasts: 0, pick: 47977 },
            { at: 13876, fault: 'state-lost', device: 2, lasts: 0, pick: 8625 },
          ],
        },
      ],
    },
  },
  {
    was: 'a directory was moved while its watcher was deaf, just when a file in it was deleted elsewhere: the device found the file gone, took the directory for deleted, and sent it again with the deleted file in it',
    script: {
      seed: 10124,
      devices: 2,
      phases: [
        {
          users: [
            { at: 12379, device: 0, deed: 'make-directory', picks: [15880, 34164, 2645, 58348] },
            { at: 20781, device: 0, deed: 'create', picks: [64989, 64989, 11909, 52142] },
            { at: 22371, device: 1, deed: 'move-directory', picks: [14733, 45298, 41375, 21332] },
            { at: 22371, device: 1, deed: 'create', picks: [12435, 44322, 4248, 51411] },
            { at: 27434, device: 0, deed: 'swap', picks: [13844, 44095, 37391, 52791] },
            { at: 28917, device: 1, deed: 'create', picks: [7486, 60444, 4252, 58009] },
          ],
          faults: [],
          apps: [{ at: 31081, device: 1, asks: 'read', pick: 1168 }],
        },
        {
          users: [
            { at: 3405, device: 1, deed: 'make-directory', picks: [61068, 57378, 29557, 21529] },
            { at: 5081, device: 1, deed: 'move-file', picks: [16492, 8335, 43286, 34476] },
            { at: 5100, device: 1, deed: 'delete-file', picks: [8027, 38215, 56745, 62511] },
            { at: 6047, device: 0, deed: 'create', picks: [41523, 3491, 38367, 48165] },
            { at: 6335, device: 0, deed: 'move-directory', picks: [38684, 42395, 28972, 15632] },
          ],
          faults: [{ at: 5453, fault: 'deaf', device: 0, lasts: 6996, pick: 33682 }],
        },
      ],
      onDemand: [1],
    },
  },
  {
    was: 'a file was moved to where a placeholder of the same content stood, and another put in its old place: a look between the two rounds took it for a second file, which was removed as one too many, and the placeholder was deleted everywhere',
    script: {
      seed: 22134,
      devices: 4,
      phases: [
        {
          users: [
            { at: 9781, device: 1, deed: 'create', picks: [43338, 5737, 10333, 40379] },
            { at: 14269, device: 0, deed: 'edit', picks: [1340, 2517, 25398, 40834] },
            { at: 14269, device: 0, deed: 'move-file', picks: [65474, 50540, 36611, 46212] },
            { at: 18014, device: 0, deed: 'create', picks: [11696, 32868, 37199, 41147] },
            { at: 18014, device: 0, deed: 'copy', picks: [58570, 61499, 16742, 60477] },
            { at: 18014, device: 0, deed: 'move-file', picks: [35067, 26267, 7245, 33342] },
            { at: 18014, device: 0, deed: 'move-file', picks: [58998, 6918, 4564, 20413] },
            { at: 23339, device: 3, deed: 'create', picks: [3155, 36834, 24998, 12508] },
            { at: 23671, device: 3, deed: 'append', picks: [28195, 17482, 7927, 20917] },
            { at: 26509, device: 1, deed: 'move-file', picks: [27761, 17252, 55704, 55196] },
            { at: 26850, device: 1, deed: 'create', picks: [61500, 47486, 55766, 43997] },
            { at: 26850, device: 1, deed: 'move-file', picks: [50731, 11167, 49825, 54671] },
          ],
          faults: [
            { at: 18005, fault: 'power-loss', device: 1, lasts: 0, pick: 59656 },
            { at: 22630, fault: 'server-collect', device: null, lasts: 0, pick: 47302 },
            { at: 36948, fault: 'delay', device: 3, lasts: 6288, pick: 48405 },
          ],
          apps: [{ at: 10671, device: 2, asks: 'bring', pick: 54015 }],
        },
      ],
      onDemand: [1, 2, 3],
    },
  },
  {
    was: 'a stop that a bad disk cut off left the root a tick ahead of its state, which passed for a state from before a release: a file that its user put a directory in place of came back',
    script: {
      seed: 21859,
      devices: 2,
      phases: [
        {
          users: [
            { at: 2033, device: 1, deed: 'create', picks: [61549, 53241, 5364, 56203] },
            { at: 5552, device: 1, deed: 'append', picks: [51221, 48378, 8495, 25313] },
            { at: 9635, device: 0, deed: 'create', picks: [42217, 28162, 39198, 6349] },
            { at: 15090, device: 1, deed: 'make-directory', picks: [38484, 6197, 44331, 34652] },
            { at: 15090, device: 1, deed: 'move-file', picks: [32486, 37671, 27259, 35218] },
            { at: 15863, device: 0, deed: 'create', picks: [3480, 29886, 1165, 27114] },
            { at: 20729, device: 0, deed: 'copy', picks: [24643, 13280, 480, 48930] },
            { at: 20729, device: 0, deed: 'delete-directory', picks: [57825, 54559, 63218, 52053] },
            { at: 20729, device: 0, deed: 'create', picks: [48894, 5465, 57821, 43023] },
            { at: 25130, device: 1, deed: 'delete-file', picks: [27980, 29457, 24078, 40115] },
            { at: 25130, device: 1, deed: 'save-by-rename', picks: [15056, 50788, 61881, 49230] },
            { at: 29508, device: 1, deed: 'delete-file', picks: [56639, 46263, 40305, 63279] },
          ],
          faults: [
            { at: 4621, fault: 'kill', device: 1, lasts: 0, pick: 11896 },
            { at: 14632, fault: 'stop', device: 1, lasts: 0, pick: 25809 },
            { at: 18398, fault: 'stop', device: 0, lasts: 0, pick: 47096 },
          ],
        },
        {
          users: [
            { at: 327, device: 1, deed: 'move-file', picks: [26790, 49771, 53898, 44282] },
            { at: 564, device: 1, deed: 'make-directory', picks: [6554, 47671, 41737, 10049] },
            { at: 1286, device: 1, deed: 'move-file', picks: [43451, 5719, 51993, 43553] },
            { at: 1318, device: 1, deed: 'save-by-rename', picks: [39204, 24050, 47037, 41517] },
            { at: 16700, device: 1, deed: 'change-kind', picks: [22948, 10199, 32905, 4922] },
          ],
          faults: [
            { at: 3465, fault: 'disk-error', device: 1, lasts: 11348, pick: 62709 },
            { at: 6869, fault: 'stop', device: 1, lasts: 0, pick: 19149 },
          ],
        },
      ],
    },
  },
  {
    was: 'two files had the content of a conflict copy that was on the server only: both became that one node, the one at the place of another file was forgotten, and the device said it was synced',
    script: {
      seed: 2766,
      devices: 2,
      phases: [
        {
          users: [
            { at: 1612, device: 1, deed: 'create', picks: [2824, 39026, 64463, 5205] },
            { at: 7172, device: 0, deed: 'move-file', picks: [24197, 2076, 2232, 48672] },
            { at: 7659, device: 1, deed: 'save-by-rename', picks: [8255, 42388, 44543, 56154] },
            { at: 10413, device: 1, deed: 'copy', picks: [8074, 23870, 27111, 44376] },
            { at: 16070, device: 1, deed: 'move-file', picks: [21548, 42233, 22561, 33631] },
            { at: 16070, device: 1, deed: 'save-by-rename', picks: [11800, 62238, 3501, 20144] },
          ],
          faults: [{ at: 16335, fault: 'state-lost', device: 1, lasts: 0, pick: 8542 }],
          apps: [
            { at: 11109, device: 1, asks: 'let-go', pick: 21830 },
            { at: 11428, device: 1, asks: 'read', pick: 10085 },
          ],
        },
      ],
      onDemand: [1],
    },
  },
]
